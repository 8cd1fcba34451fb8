/** One document as its page shows it. */

import type { Attachment, ShopDocument } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { dayOf, formatBytes, splitBars } from '../../utils/format';
import { typesOf } from '../documents/documents-view';

export interface FileView {
  id: string;
  name: string;
  /** As people read it. */
  size: string;
  /** The name under which the server keeps it. */
  stored: string;
}

export interface DocumentView {
  id: string;
  title: string;
  subtitle: string;
  summary: string;
  types: string[];
  day: string;
  isExpired: boolean;
  expiryDay: string;
  model: string;
  keywords: string[];
  /** HTML for `rich-text`. */
  content: string;
  /** Absolute addresses. */
  pictures: string[];
  files: FileView[];
}

/** The relations a document is asked for with. */
export const EXPAND = 'document_images,document_files';

export function viewOf(document: ShopDocument): DocumentView {
  return {
    id: document.id,
    title: document.document_title,
    subtitle: document.document_subtitle,
    summary: document.document_summary,
    types: typesOf(document.document_type),
    day: dayOf(document.document_create),
    isExpired: document.document_status === '过期',
    expiryDay: dayOf(document.document_expiry_date),
    model: document.document_relation_model,
    keywords: splitBars(document.document_keywords),
    content: styled(document.document_content),
    pictures: (document.expand?.document_images ?? []).map(urlOf),
    files: (document.expand?.document_files ?? []).map(fileOf),
  };
}

function fileOf(file: Attachment): FileView {
  return {
    id: file.id,
    name: file.attachments_filename,
    size: formatBytes(file.attachments_size),
    stored: file.attachments_link,
  };
}

function urlOf(file: Attachment): string {
  return api.fileUrl(file, file.attachments_link);
}

const STYLES: Record<string, string> = {
  h1: 'font-size:1.35em;font-weight:600;line-height:1.4;margin:1.2em 0 .5em',
  h2: 'font-size:1.2em;font-weight:600;line-height:1.4;margin:1.2em 0 .5em',
  h3: 'font-size:1.08em;font-weight:600;line-height:1.4;margin:1.1em 0 .4em',
  p: 'margin:0 0 .8em',
  ul: 'margin:0 0 .8em;padding-left:1.3em',
  ol: 'margin:0 0 .8em;padding-left:1.5em',
  img: 'max-width:100%;height:auto;border-radius:8px',
  table: 'width:100%;border-collapse:collapse;margin:0 0 .8em',
};

/** HTML with our spacing: `rich-text` takes no rules from WXSS. Tags with a style of their own keep it. */
export function styled(html: string): string {
  return html.replace(/<(h1|h2|h3|p|ul|ol|img|table)((?:\s[^<>]*)?)>/gi, (tag, name: string, attributes: string) =>
    /\sstyle\s*=/i.test(attributes) ? tag : `<${name} style="${STYLES[name.toLowerCase()]}"${attributes}>`,
  );
}

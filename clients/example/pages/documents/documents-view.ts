/** The list of documents: their types, what is searched for, and what a card shows. */

import { and, where } from 'bai-wx-miniprogram';
import type { Dictionary, ShopDocument } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { dayOf, splitBars } from '../../utils/format';

/** The dictionary that names the types of documents. */
export const TYPES = '文档类型';

const THUMB = '400x400';

export interface DocumentCard {
  id: string;
  title: string;
  subtitle: string;
  summary: string;
  types: string[];
  /** The day it was written, where the phone is. */
  day: string;
  isExpired: boolean;
  /** Absolute address of the first picture; empty without one. */
  picture: string;
}

export interface DocumentSearch {
  word: string;
  /** A value of the dictionary; empty for all. */
  type: string;
}

export function cardOf(document: ShopDocument): DocumentCard {
  const picture = document.expand?.document_images?.[0];
  return {
    id: document.id,
    title: document.document_title,
    subtitle: document.document_subtitle,
    summary: document.document_summary,
    types: typesOf(document.document_type),
    day: dayOf(document.document_create),
    isExpired: document.document_status === '过期',
    picture: picture ? api.fileUrl(picture, picture.attachments_link, { thumb: THUMB }) : '',
  };
}

/** The words of `文档类型@说明书|文档类型@手册`. */
export function typesOf(text: string): string[] {
  return splitBars(text).map((pair) => pair.slice(pair.indexOf('@') + 1));
}

export function filterOf({ word, type }: DocumentSearch): string {
  return and(
    word !== '' &&
      where`document_title ~ ${word} || document_summary ~ ${word} || document_keywords ~ ${word}`,
    type !== '' && where`document_type ~ ${`${TYPES}@${type}`}`,
  );
}

/** The types a dictionary has and has not switched off, in its order, behind “all”. */
export function typeChoices(dictionary: Dictionary | undefined): { value: string; label: string }[] {
  const all = { value: '', label: '全部' };
  if (!dictionary) return [all];
  const values = listOf(dictionary.dict_word_enum);
  const labels = listOf(dictionary.dict_word_description);
  const enabled = listOf(dictionary.dict_word_is_enabled);
  const order = listOf(dictionary.dict_word_sort_order).map(Number);
  const places = values.map((_, place) => place).filter((place) => isOn(enabled[place]));
  places.sort((a, b) => (order[a] ?? a) - (order[b] ?? b));
  return [all, ...places.map((place) => ({ value: values[place]!, label: labels[place] || values[place]! }))];
}

/** A list of a dictionary: operators write it as JSON or joined by `|`. */
function listOf(text: string): string[] {
  return text.startsWith('[') ? (JSON.parse(text) as unknown[]).map(String) : splitBars(text);
}

function isOn(word: string | undefined): boolean {
  return word !== '0' && word !== 'false';
}

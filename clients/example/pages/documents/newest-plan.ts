import { where } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { cardOf, TYPES } from './documents-view';
import type { DocumentCard } from './documents-view';

/** The newest plan that is in force, to be shown above the products; null where there is none. */
export async function newestPlan(): Promise<DocumentCard | null> {
  const page = await api.document_list({
    filter: where`document_type ~ ${`${TYPES}@方案`} && document_status = ${'有效'}`,
    sort: '-document_create',
    expand: 'document_images',
    perPage: 1,
    skipTotal: true,
  });
  const newest = page.items[0];
  return newest ? cardOf(newest) : null;
}

export { createClient } from './client';
export type { Client, Settings } from './client';
export { ApiError } from './errors';
export type { AnyCode, ClientCode, ErrorCode, ErrorDetails, NativeCode } from './errors';
export { and, or, where } from './filter';
export { parseDate } from './dates';
export type { Transport } from './transport';
export type { Collections, Operations } from './operations';
export type { Body, CollectionName, Data, OperationId, Options, Page, Part, Query, Row } from './methods';
export type { UserInfo } from './client';
export type { components, operations as ContractOperations } from './contract';

import type { components } from './contract';
import type { Row } from './methods';

type Schemas = components['schemas'];

export type CompanyInfo = Schemas['CompanyInfo'];
/** hooks 接口的购物车行。 */
export type CartRecord = Schemas['CartRecord'];
/** hooks 接口的订单。 */
export type OrderRecord = Schemas['OrderRecord'];
export type Product = Row<'tbl_product_list'>;
export type Attachment = Row<'tbl_attachments'>;
export type ShopDocument = Row<'tbl_document'>;
export type Dictionary = Row<'tbl_system_dict'>;
export type Company = Row<'tbl_company'>;

/** 每一类操作的方法类型；`Operations` 用它们列出契约中的全部操作。 */
import type { operations as ContractOperations } from './contract';
import type { Collections } from './operations';

export type OperationId = keyof ContractOperations;

/** 每次调用都可以另给的选项。 */
export interface Options<Query = Record<string, unknown>> {
  /** 附加在地址后的查询参数，用于请求体之外还有参数的操作。 */
  query?: Query;
  /** `Idempotency-Key`；不给时，创建类操作由客户端自己生成。 */
  key?: string;
  /** 单次请求的超时，毫秒。 */
  timeout?: number;
  /** 失败后最多再试几次。 */
  retries?: number;
}

type Flat<T> = { [K in keyof T]: T[K] };
type Content<T> = T extends { content: infer C } ? C : never;
type Json<T> = 'application/json' extends keyof T ? T['application/json'] : never;
type Form<T> = 'multipart/form-data' extends keyof T ? T['multipart/form-data'] : never;
type Success<Id extends OperationId> = ContractOperations[Id]['responses'] extends { 200: infer A }
  ? Json<Content<A>>
  : void;

/** 操作的查询参数。 */
export type Query<Id extends OperationId> = NonNullable<
  ContractOperations[Id]['parameters']['query']
>;
/** 操作的请求体。 */
export type Body<Id extends OperationId> = Json<
  Content<NonNullable<ContractOperations[Id]['requestBody']>>
>;
/** 操作返回的内容：hooks 接口为信封里的 `data`，原生接口为整个 JSON。 */
export type Data<Id extends OperationId> =
  Success<Id> extends { errMsg: string; data: infer D } ? D : Success<Id>;

export type CollectionName = keyof Collections;
type Relations<C extends CollectionName> = Collections[C]['relations'];
type Related<T> = T extends (infer One)[] ? Related<One>[] : T extends CollectionName ? Row<T> : never;

/** `expand` 带来的关联记录；反向关联（`表_via_字段`）不带类型。 */
export type Expand<C extends CollectionName> = {
  [F in keyof Relations<C>]?: Related<Relations<C>[F]>;
} & { [back: `${string}_via_${string}`]: unknown };

/** 一条完整的记录：除 `expand` 外每个字段都在。 */
export type Row<C extends CollectionName> = {
  [F in keyof Collections[C]['record'] as F extends 'expand' ? never : F]-?: Collections[C]['record'][F];
} & { expand?: Expand<C> };

/** 用 `fields` 选取过的记录：哪些字段在，由 `fields` 决定。 */
export type Part<C extends CollectionName> = Partial<Row<C>>;

/** 一页记录。 */
export interface Page<R> {
  items: R[];
  page: number;
  perPage: number;
  /** 总条数；`skipTotal` 时为 -1。 */
  totalItems: number;
  totalPages: number;
}

type Whole<Id extends OperationId> = Flat<Omit<Query<Id>, 'fields'>> & { fields?: undefined };
/** 不接受任何参数。 */
export type Nothing = Record<string, never>;

export interface List<Id extends OperationId, C extends CollectionName> {
  (query?: Whole<Id>, options?: Options): Promise<Page<Row<C>>>;
  (query: Query<Id>, options?: Options): Promise<Page<Part<C>>>;
}

export interface View<Id extends OperationId, C extends CollectionName> {
  (recordId: string, query?: Whole<Id>, options?: Options): Promise<Row<C>>;
  (recordId: string, query: Query<Id>, options?: Options): Promise<Part<C>>;
}

export interface Create<Id extends OperationId, C extends CollectionName> {
  (body: Body<Id>, options?: Options<Whole<Id>>): Promise<Row<C>>;
  (body: Body<Id>, options: Options<Query<Id>>): Promise<Part<C>>;
}

export interface Update<Id extends OperationId, C extends CollectionName> {
  (recordId: string, body: Body<Id>, options?: Options<Whole<Id>>): Promise<Row<C>>;
  (recordId: string, body: Body<Id>, options: Options<Query<Id>>): Promise<Part<C>>;
}

export interface Upload<Id extends OperationId, C extends CollectionName, Field extends string> {
  (
    input: { /** 手机上的文件路径。 */ filePath: string } & Flat<
      Omit<Form<Content<NonNullable<ContractOperations[Id]['requestBody']>>>, Field>
    >,
    options?: Options<Query<Id>>,
  ): Promise<Row<C>>;
}

export type Delete = (recordId: string, options?: Options) => Promise<void>;

export type Download<Id extends OperationId> = (
  collection: string,
  recordId: string,
  filename: string,
  query?: Query<Id>,
  options?: Options,
) => Promise<{ /** 手机上的临时路径。 */ tempFilePath: string }>;

export type Plain<Id extends OperationId> = (input?: Nothing, options?: Options) => Promise<Data<Id>>;
export type Ask<Id extends OperationId> = (query?: Query<Id>, options?: Options) => Promise<Data<Id>>;
export type Send<Id extends OperationId> = (body: Body<Id>, options?: Options) => Promise<Data<Id>>;
export type MaySend<Id extends OperationId> = (
  body?: Body<Id>,
  options?: Options,
) => Promise<Data<Id>>;

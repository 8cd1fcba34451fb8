/** One product as its page shows it. */

import type { Product } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { splitBars } from '../../utils/format';

export interface Parameter {
  name: string;
  /** Value and unit: `220 V`. */
  text: string;
}

export interface ParameterGroup {
  name: string;
  parameters: Parameter[];
}

export interface ProductView {
  id: string;
  name: string;
  model: string;
  /** Yuan. */
  price: number;
  /** Absolute address of the whole picture; empty without one. */
  picture: string;
  tags: string[];
  description: string;
  feature: string;
  functions: string[];
  groups: ParameterGroup[];
  /** Series, plan and way of communicating, as far as they are filled in. */
  facts: Parameter[];
  category: string;
}

/** @param product needs `expand: 'prod_list_icon'` */
export function viewOf(product: Product): ProductView {
  const icon = product.expand?.prod_list_icon;
  return {
    id: product.id,
    name: product.prod_list_name,
    model: product.prod_list_modelnumber,
    price: product.prod_list_basic_price,
    picture: icon ? api.fileUrl(icon, icon.attachments_link) : '',
    tags: splitBars(product.prod_list_tags),
    description: product.prod_list_description,
    feature: product.prod_list_feature,
    functions: functionsOf(product.prod_list_function),
    groups: groupsOf(product.prod_list_parameters ?? []),
    facts: factsOf(product),
    category: product.prod_list_category,
  };
}

function factsOf(product: Product): Parameter[] {
  const facts = [
    { name: '分类', text: product.prod_list_category },
    { name: '系列', text: product.prod_list_series },
    { name: '方案', text: product.prod_list_plantype },
    { name: '通讯', text: product.prod_list_comm_type },
    { name: '条码', text: product.prod_list_barcode },
  ];
  return facts.filter((fact) => fact.text !== '');
}

/** The functions where they are a list of texts; the field may hold any JSON. */
export function functionsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

type StoredParameter = NonNullable<Product['prod_list_parameters']>[number];

/** The parameters in the groups they name, both in the order of their `sort`. */
export function groupsOf(parameters: readonly StoredParameter[]): ParameterGroup[] {
  const groups: ParameterGroup[] = [];
  const sorted = [...parameters].sort((a, b) => (a.sort ?? 0) - (b.sort ?? 0));
  for (const parameter of sorted) {
    const name = parameter.category || '其他';
    let group = groups.find((each) => each.name === name);
    if (!group) {
      group = { name, parameters: [] };
      groups.push(group);
    }
    group.parameters.push({ name: parameter.name ?? '', text: textOf(parameter) });
  }
  return groups;
}

function textOf({ value, unit }: StoredParameter): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? '支持' : '不支持';
  return unit ? `${value} ${unit}` : String(value);
}

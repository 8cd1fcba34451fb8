/**
 * From WeChat's compiled WXML to j-component: the tree that `wcc`'s function makes becomes j-component's virtual nodes,
 * with the branches of `wx:if` and the items of `wx:for` told apart by keys.
 */

import constant from 'j-component/src/tool/constant.js';
import utils from 'j-component/src/tool/utils.js';

const IF = new Set([1, 3]);
const FOR = new Set([2, 4]);

/** The template function of a page or component for j-component's `register`. */
export function templateOf(compiled, unit, using) {
  return (data) => virtualNode(compiled(data), { unit, using, parent: null });
}

function virtualNode(node, place) {
  if (typeof node !== 'object') return textNode(String(node), place.parent);
  const tag = node.tag === 'wx-page' || node.tag === 'shadow' ? 'shadow' : node.tag.replace(/^wx-/, '');
  const type = typeOf(node, tag, place.parent);
  const made = {
    type,
    tagName: tag,
    componentId: place.using[tag] ?? tag,
    content: '',
    generics: node.generics,
  };
  if (type === constant.TYPE_COMPONENT && !utils.cache(made.componentId)) {
    throw new Error(`${place.unit}.wxml: <${tag}> is neither built in nor in usingComponents`);
  }
  const { attrs, event } = attributes(node);
  const slotName = type === constant.TYPE_SLOT ? String(node.attr?.name ?? '') : '';
  const key = node.wxKey ?? node.wxVkey;
  const whole = { ...made, attrs, event, slotName, key: key === undefined ? '' : String(key) };
  whole.children = (node.children ?? []).map((child) => virtualNode(child, { ...place, parent: whole }));
  return whole;
}

function typeOf(node, tag, parent) {
  if (tag === 'shadow') return constant.TYPE_ROOT;
  if (tag === 'slot') return constant.TYPE_SLOT;
  if (parent?.type === constant.TYPE_FOR) return constant.TYPE_FORITEM;
  if (FOR.has(node.wxXCkey)) return constant.TYPE_FOR;
  if (IF.has(node.wxXCkey) || tag === 'virtual' || tag === 'block') return constant.TYPE_IF;
  return constant.TYPE_COMPONENT;
}

/** A text; `<text>` keeps its inner line breaks, between other tags they are spaces. */
function textNode(content, parent) {
  const isText = parent?.tagName === 'text';
  const shown = isText
    ? decoded(content, parent).replace(/^\s*\n\s*|\s*\n\s*$/g, '')
    : content.replace(/\s+/g, ' ');
  const rest = {
    tagName: '',
    componentId: '',
    key: '',
    children: [],
    generics: [],
    attrs: [],
    event: {},
    slotName: '',
  };
  return { ...rest, type: constant.TYPE_TEXT, content: shown };
}

const ENTITIES = {
  '&nbsp;': '\u00a0',
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&apos;': "'",
  '&ensp;': '\u2002',
  '&emsp;': '\u2003',
};

function decoded(content, parent) {
  if (!parent.attrs.some(({ name, value }) => name === 'decode' && value)) return content;
  return content.replace(/&[a-z]+;/g, (entity) => ENTITIES[entity] ?? entity);
}

function attributes(node) {
  const attrs = [];
  const event = {};
  for (const [name, given] of Object.entries(node.attr ?? {})) {
    const value = given === undefined ? '' : given;
    const parsed = utils.parseEvent(name, value);
    if (parsed) event[`${parsed.name} ${parsed.isCapture}`] = parsed;
    else attrs.push({ name, value });
  }
  for (const [name, text] of Object.entries(node.rawAttr ?? {})) {
    const bound = /^model:(.+)$/.exec(name);
    const dataPath = /^\{\{\s*([\w.[\]]+)\s*\}\}$/.exec(text);
    if (bound && dataPath)
      attrs.push({ name: 'renderer-model', value: { property: bound[1], path: dataPath[1] } });
  }
  return { attrs, event };
}

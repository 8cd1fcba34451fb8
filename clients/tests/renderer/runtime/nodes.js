/**
 * Virtual nodes become exparser's nodes and are brought up to date by their keys. It takes the place of j-component's
 * own: that one loses its place when keyed items are moved and removed at once, and passes over missing handlers.
 */

import constant from 'j-component/src/tool/constant.js';
import diff from 'j-component/src/render/diff.js';
import exparser from 'miniprogram-exparser';
import render from 'j-component/src/render/render.js';
import utils from 'j-component/src/tool/utils.js';
import { px } from './units.js';

const VIRTUAL = new Set([constant.TYPE_IF, constant.TYPE_FOR, constant.TYPE_FORITEM, constant.TYPE_TEMPLATE]);
const updateKnownAttrs = render.updateAttrs;

/** Puts our rendering, and lengths in rpx, in the place of j-component's. */
export function install() {
  utils.transformRpx = px;
  diff.diffVt = update;
  render.renderExparserNode = (vt, host, root) =>
    vt.type === constant.TYPE_ROOT ? createRoot(vt, host) : create(vt, root);
}

function createRoot(vt, host) {
  const root = exparser.ShadowRoot.create(host);
  return filled(vt, root, root);
}

function create(vt, root) {
  if (vt.type === constant.TYPE_TEXT) {
    vt.exparserNode = root.createTextNode(vt.content);
    vt.exparserNode._vt = vt;
    return vt.exparserNode;
  }
  const node = bare(vt, root);
  updateAttrs(node, vt.attrs);
  Object.values(vt.event).forEach((event) => listen(node, event));
  return filled(vt, node, root);
}

function bare(vt, root) {
  if (vt.type === constant.TYPE_SLOT) {
    const slot = root.createVirtualNode(vt.tagName);
    exparser.Element.setSlotName(slot, vt.slotName);
    return slot;
  }
  if (VIRTUAL.has(vt.type)) {
    const virtual = root.createVirtualNode(vt.tagName);
    exparser.Element.setInheritSlots(virtual);
    return virtual;
  }
  return root.createComponent(utils.getTagName(vt.componentId) || vt.tagName, vt.componentId, vt.generics);
}

function filled(vt, node, root) {
  vt.children.forEach((child) => node.appendChild(create(child, root)));
  vt.exparserNode = node;
  node._vt = vt;
  return node;
}

function updateAttrs(node, attrs) {
  const mine = ({ name }) => name === 'renderer-model' || name.startsWith('mark:');
  updateKnownAttrs(
    node,
    attrs.filter((attr) => !mine(attr)),
  );
  for (const { name, value } of attrs) {
    if (name === 'renderer-model') node.rendererModel = value;
    else if (name.startsWith('mark:'))
      node.rendererMarks = { ...node.rendererMarks, [name.slice('mark:'.length)]: value };
    else if (node.$$?.setAttribute) reflect(node.$$, name, value);
  }
}

/** Attributes that every component has, on the element itself; `wcc` writes `aria-label` as `ariaLabel`. */
function reflect(element, name, value) {
  const dashed = utils.camelToDashCase(name);
  if (name === 'hidden') element.toggleAttribute('hidden', Boolean(value));
  else if (name === 'id' || /^aria-/.test(dashed)) element.setAttribute(dashed, String(value ?? ''));
  if (dashed === 'aria-role') element.setAttribute('role', String(value ?? ''));
}

function listen(node, { name, handler, isCapture, isCatch, isMutated }) {
  const called = function (event) {
    const isMarked = event.mutatedMarked();
    if (isMutated && isMarked) return undefined;
    if (isMutated) event.markMutated();
    if (handler) callHandler(node, handler, event, this);
    return isCatch ? false : undefined;
  };
  exparser.addListenerToElement(node, name, called, { capture: isCapture });
}

function callHandler(node, handler, event, current) {
  const host = node.ownerShadowRoot.getHostNode();
  const caller = exparser.Element.getMethodCaller(host);
  if (typeof caller[handler] !== 'function') {
    console.error(`${caller.is ?? caller.route}: bind${event.type}="${handler}" names no method`);
    return;
  }
  const { type, timeStamp, detail, touches, changedTouches } = event;
  const target = targetOf(event.target instanceof exparser.VirtualNode ? current : event.target);
  caller[handler]({
    type,
    timeStamp,
    detail,
    touches,
    changedTouches,
    target,
    currentTarget: targetOf(current),
    mark: marks(event.target),
  });
}

function targetOf(node) {
  const { offsetLeft = 0, offsetTop = 0 } = node.$$ ?? {};
  return { id: node.id, dataset: node.dataset ?? {}, offsetLeft, offsetTop };
}

function marks(node) {
  const found = [];
  for (let at = node; at; at = at.parentNode) found.unshift(at.rendererMarks);
  return Object.assign({}, ...found);
}

/** Brings the nodes of `old` to what `fresh` says; nodes whose key and component are the same are kept. */
function update(old, fresh) {
  const node = old.exparserNode;
  fresh.exparserNode = node;
  node._vt = fresh;
  if (fresh.type === constant.TYPE_TEXT) {
    if (old.content !== fresh.content) node.textContent = fresh.content;
    return;
  }
  const changed = changedAttrs(old.attrs, fresh.attrs);
  if (changed.length > 0) updateAttrs(node, changed);
  updateChildren(node, old.children, fresh.children);
}

/** The attributes whose values differ, those that are gone with `undefined`; a child hears of no others. */
function changedAttrs(old, fresh) {
  const text = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);
  const before = new Map(old.map(({ name, value }) => [name, text(value)]));
  const changed = fresh.filter(({ name, value }) => !before.has(name) || before.get(name) !== text(value));
  const names = new Set(fresh.map(({ name }) => name));
  const gone = old.filter(({ name }) => !names.has(name));
  return [...changed, ...gone.map(({ name }) => ({ name, value: undefined }))];
}

function isSame(old, fresh) {
  const own = ({ type, componentId, key, slotName }) => [type, componentId, key, slotName].join(' ');
  const events = (vt) =>
    Object.values(vt.event).map(({ name, handler, isCatch, isCapture }) =>
      [name, handler, isCatch, isCapture].join(),
    );
  return own(old) === own(fresh) && events(old).join(' ') === events(fresh).join(' ');
}

function updateChildren(node, oldChildren, freshChildren) {
  const root = node.ownerShadowRoot ?? node;
  const unused = [...oldChildren];
  const kept = freshChildren.map((fresh) => {
    const index = unused.findIndex((old) => isSame(old, fresh));
    return index < 0 ? null : unused.splice(index, 1)[0];
  });
  unused.forEach((old) => node.removeChild(old.exparserNode));
  freshChildren.forEach((fresh, index) => {
    if (kept[index]) update(kept[index], fresh);
    const made = kept[index] ? fresh.exparserNode : create(fresh, root);
    const there = node.childNodes[index];
    if (there === made) return;
    if (there) node.insertBefore(made, there);
    else node.appendChild(made);
  });
}

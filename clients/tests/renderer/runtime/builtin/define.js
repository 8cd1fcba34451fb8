/** How a built-in component is made: an exparser component whose element the browser draws. */

import exparser from 'miniprogram-exparser';
import jComponent from 'j-component';

const EMPTY = () => ({ tag: 'shadow', children: [] });
const TAP = { bubbles: true, composed: true };

/** The element of the component `self`. */
export const elementOf = (self) => self._exparserNode.$$;

/** The component that an element belongs to, as its methods see it. */
export const componentOf = (element) =>
  element?.__wxElement && exparser.Element.getMethodCaller(element.__wxElement);

/**
 * Registers the built-in component `name`.
 *
 * `properties` are exparser's; `template` is its inner tree (`null`: only what `created` adds to the element);
 * `created(self, element)` runs once, `changed(self, element)` after every change of a property and once at first.
 */
export function builtin(
  name,
  { properties = {}, template = '<slot/>', created, changed, methods = {} } = {},
) {
  const refresh = (self) => changed?.(self, elementOf(self));
  const lifetimes = {
    created() {
      created?.(this, elementOf(this));
    },
    attached() {
      this.isReady = true;
      refresh(this);
    },
  };
  const observers = {
    '**'() {
      if (this.isReady) refresh(this);
    },
  };
  const shared = { hoverClass: String, ...properties };
  jComponent.register({
    id: name,
    tagName: `wx-${name}`,
    template: template ?? EMPTY,
    properties: shared,
    lifetimes,
    observers,
    methods,
  });
}

/** Adds an element of the browser's own to that of `self`; a touch on it is one on `self`. */
export function append(self, own) {
  own.__wxElement = self._exparserNode;
  elementOf(self).append(own);
}

/** Tells the listeners of `self`; `model:` writes the value back into the data that it was bound to. */
export function tell(self, event, detail = {}, options = {}) {
  self.triggerEvent(event, detail, options);
}

/** Writes `value` where `model:property` of `self` points to. */
export function writeModel(self, property, value) {
  const node = self._exparserNode;
  if (node.rendererModel?.property !== property) return;
  const owner = exparser.Element.getMethodCaller(node.ownerShadowRoot.getHostNode());
  owner.setData({ [node.rendererModel.path]: value });
}

/** Calls `tapped(event)` when `self` is tapped, also through its children. */
export function onTap(self, tapped) {
  self._exparserNode.addListener('tap', tapped);
}

/** A tap made by us, for what `<label>` points to. */
export function tapOn(self) {
  const node = self._exparserNode;
  exparser.Event.dispatchEvent(node, exparser.Event.create('tap', {}, { ...TAP, capturePhase: true }));
}

/** A path of an image as it is written in a file of the app, as an address that the browser can load. */
export function sourceOf(self, src) {
  const text = String(src ?? '');
  if (text === '' || /^(data:|blob:)/.test(text)) return text;
  if (/^[a-z]+:\/\//.test(text)) return window.renderer.mapUrl(text);
  const owner = self._exparserNode.ownerShadowRoot.getHostNode();
  const folder = text.startsWith('/') ? '/' : `/${window.renderer.unitOf(owner)}`;
  return new URL(text, `http://app${folder}`).pathname.replace(/^/, '/app');
}

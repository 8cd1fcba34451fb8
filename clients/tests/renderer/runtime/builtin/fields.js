/** Fields that one types in. */

import { append, builtin, elementOf, onTap, tell, writeModel } from './define.js';
import { px } from '../units.js';

const TYPES = { number: 'numeric', digit: 'decimal', idcard: 'text', tel: 'tel' };
const COMMON = {
  value: { type: null, value: '' },
  name: String,
  placeholder: String,
  placeholderStyle: String,
  placeholderClass: String,
  disabled: Boolean,
  maxlength: { type: Number, value: 140 },
  focus: Boolean,
  autoFocus: Boolean,
  cursorSpacing: Number,
  confirmType: String,
  confirmHold: Boolean,
  adjustPosition: Boolean,
  holdKeyboard: Boolean,
  alwaysEmbed: Boolean,
  selectionStart: Number,
  selectionEnd: Number,
  cursor: Number,
};

/** `field(self)` is the browser's own element, which the component's element holds. */
const field = (self) => elementOf(self).querySelector('input, textarea');

function fieldCreated(tag) {
  return (self, element) => {
    const own = element.ownerDocument.createElement(tag);
    append(self, own);
    const detail = () => ({ value: own.value, cursor: own.selectionStart ?? own.value.length });
    own.addEventListener('input', () => {
      self.data.value = own.value;
      showPlaceholder(self, own);
      writeModel(self, 'value', own.value);
      tell(self, 'input', { ...detail(), keyCode: 0 });
    });
    own.addEventListener('focus', () => tell(self, 'focus', { ...detail(), height: 0 }));
    own.addEventListener('blur', () => tell(self, 'blur', detail()));
    own.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && tag === 'input') tell(self, 'confirm', detail());
    });
    onTap(self, () => own.focus());
  };
}

function fieldChanged(self, element) {
  const own = field(self);
  const { data } = self;
  const value = String(data.value ?? '');
  if (own.value !== value) own.value = value;
  own.placeholder = data.placeholder;
  own.disabled = data.disabled;
  own.inputMode = TYPES[data.type] ?? 'text';
  if (own.tagName === 'INPUT') own.type = data.password ? 'password' : 'text';
  if (data.maxlength >= 0) own.maxLength = data.maxlength;
  showPlaceholder(self, own);
  if (data.focus || data.autoFocus) own.focus();
}

/** `placeholder-class` and `placeholder-style` are those of the words that stand in an empty field alone. */
function showPlaceholder(self, own) {
  const { placeholderClass, placeholderStyle } = self.data;
  const isShown = own.value === '' && (placeholderClass || placeholderStyle);
  own.className = isShown ? `renderer-styled ${scoped(self, placeholderClass)}` : '';
  own.style.cssText = isShown ? px(placeholderStyle) : '';
}

/** A class's name with the prefix of the component in whose WXML it is written. */
function scoped(self, name) {
  const prefix = window.renderer.prefixOf(self._exparserNode.ownerShadowRoot.getHostNode());
  return name
    .trim()
    .split(/\s+/)
    .map((each) => (prefix ? `${prefix}--${each}` : each))
    .join(' ');
}

const methods = {
  fieldValue() {
    return field(this).value;
  },
};

builtin('input', {
  properties: { ...COMMON, type: String, password: Boolean },
  template: null,
  created: fieldCreated('input'),
  changed: fieldChanged,
  methods,
});

builtin('textarea', {
  properties: {
    ...COMMON,
    autoHeight: Boolean,
    fixed: Boolean,
    showConfirmBar: Boolean,
    disableDefaultPadding: Boolean,
  },
  template: null,
  created: fieldCreated('textarea'),
  changed(self, element) {
    fieldChanged(self, element);
    if (self.data.autoHeight) element.toggleAttribute('auto-height', true);
  },
  methods,
});

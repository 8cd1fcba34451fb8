/** The button, and what its `open-type` opens. */

import { builtin, componentOf, elementOf, onTap, tell } from './define.js';

builtin('button', {
  properties: {
    type: String,
    size: String,
    plain: Boolean,
    loading: Boolean,
    disabled: Boolean,
    formType: String,
    openType: String,
    hoverStopPropagation: Boolean,
  },
  created(self) {
    onTap(self, () => {
      if (self.data.disabled) return;
      submitForm(self);
      OPENED[self.data.openType]?.(self);
    });
    self._exparserNode.addListener('tap', () => (self.data.disabled ? false : undefined), { capture: true });
  },
  changed({ data }, element) {
    for (const name of ['type', 'size']) setOrRemove(element, name, data[name]);
    for (const name of ['plain', 'loading', 'disabled']) element.toggleAttribute(name, Boolean(data[name]));
  },
});

/** WeChat's style sheet asks whether an attribute is there: it is where WXML names it. */
function setOrRemove(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

function submitForm(self) {
  const form = componentOf(elementOf(self).closest('wx-form'));
  if (self.data.formType) form?.[self.data.formType]();
}

const OPENED = {
  async chooseAvatar(self) {
    tell(self, 'chooseavatar', { avatarUrl: await window.renderer.bridge('temporaryPicture', {}) });
  },
  getPhoneNumber(self) {
    tell(self, 'getphonenumber', { errMsg: 'getPhoneNumber:ok', ...window.renderer.options.phone });
  },
  getRealtimePhoneNumber(self) {
    tell(self, 'getrealtimephonenumber', { errMsg: 'getPhoneNumber:ok', ...window.renderer.options.phone });
  },
  agreePrivacyAuthorization(self) {
    tell(self, 'agreeprivacyauthorization');
  },
};

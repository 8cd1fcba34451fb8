/** Switches, checkboxes and radios. */

import { builtin, componentOf, elementOf, onTap, tell, writeModel } from './define.js';

const CHOICE = { checked: Boolean, disabled: Boolean, color: String, value: null, name: String };

function choice(name, choose) {
  builtin(name, {
    properties: { ...CHOICE, type: String },
    template: `<i class="renderer-${name}"/><slot/>`,
    created(self) {
      onTap(self, () => self.data.disabled || choose(self));
    },
    changed({ data }, element) {
      element.toggleAttribute('checked', Boolean(data.checked));
      element.toggleAttribute('disabled', Boolean(data.disabled));
      element.style.setProperty('--renderer-color', data.color || '#04be02');
    },
    methods: {
      fieldValue() {
        return Boolean(this.data.checked);
      },
    },
  });
}

choice('switch', (self) => {
  self.setData({ checked: !self.data.checked });
  writeModel(self, 'checked', self.data.checked);
  tell(self, 'change', { value: self.data.checked });
});

choice('checkbox', (self) => {
  self.setData({ checked: !self.data.checked });
  groupOf(self, 'wx-checkbox-group')?.tellChange();
});

choice('radio', (self) => {
  const group = groupOf(self, 'wx-radio-group');
  if (group) members(group, 'wx-radio').forEach((other) => other.setData({ checked: false }));
  self.setData({ checked: true });
  group?.tellChange();
});

const groupOf = (self, tag) => componentOf(elementOf(self).closest(tag));
const members = (group, tag) => [...elementOf(group).querySelectorAll(tag)].map(componentOf);

function group(name, tag, valueOf) {
  builtin(name, {
    properties: { name: String },
    methods: {
      fieldValue() {
        return valueOf(
          members(this, tag)
            .filter(({ data }) => data.checked)
            .map(({ data }) => data.value),
        );
      },
      tellChange() {
        tell(this, 'change', { value: this.fieldValue() });
      },
    },
  });
}

group('checkbox-group', 'wx-checkbox', (values) => values);
group('radio-group', 'wx-radio', ([value]) => value ?? '');

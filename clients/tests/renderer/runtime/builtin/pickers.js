/** The picker, which opens a list at the bottom of the screen, and the slider. */

import { builtin, onTap, tell, writeModel } from './define.js';

builtin('picker', {
  properties: {
    mode: { type: String, value: 'selector' },
    range: { type: Array, value: [] },
    rangeKey: String,
    value: null,
    disabled: Boolean,
    name: String,
    headerText: String,
    start: String,
    end: String,
    fields: String,
    level: String,
    customItem: String,
  },
  created(self) {
    onTap(self, async () => {
      if (self.data.disabled) return;
      const detail = await choose(self.data);
      if (detail === null) {
        tell(self, 'cancel');
        return;
      }
      self.setData({ value: detail.value });
      writeModel(self, 'value', detail.value);
      tell(self, 'change', detail);
    });
  },
  methods: {
    fieldValue() {
      return this.data.value;
    },
  },
});

const REGION = {
  value: ['广东省', '深圳市', '南山区'],
  code: ['440000', '440300', '440305'],
  postcode: '518000',
};

/** What was chosen; of regions and dates there is one to choose. */
async function choose({ mode, range, rangeKey, value, headerText }) {
  if (mode !== 'selector') {
    const detail = mode === 'region' ? REGION : { value: value ?? '2026-01-01' };
    const chosen = await window.renderer.chrome.sheet([[detail.value].flat().join(' ')], {
      title: headerText,
    });
    return chosen < 0 ? null : detail;
  }
  const texts = range.map((each) => String(rangeKey ? each[rangeKey] : each));
  const chosen = await window.renderer.chrome.sheet(texts, { title: headerText });
  return chosen < 0 ? null : { value: String(chosen) };
}

builtin('slider', {
  properties: { min: Number, max: { type: Number, value: 100 }, value: Number, disabled: Boolean },
});
builtin('picker-view', { properties: { value: Array } });
builtin('picker-view-column');

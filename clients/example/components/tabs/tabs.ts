/** Choices in a row that scrolls sideways. */
Component({
  properties: {
    /** `[{ value, label }]` */
    items: { type: Array, value: [] },
    value: { type: String, value: '' },
    /** line · chip */
    kind: { type: String, value: 'line' },
  },
  methods: {
    choose(event: WechatMiniprogram.TouchEvent) {
      const value = String(event.currentTarget.dataset.value);
      if (value !== this.data.value) {
        this.setData({ value });
        this.triggerEvent('change', { value });
      }
    },
  },
});

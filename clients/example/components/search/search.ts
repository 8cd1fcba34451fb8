const PAUSE_MS = 300;

/** A search box. `search` fires after a pause in the typing, on confirming and on clearing. */
Component({
  data: { timer: 0 },
  properties: {
    value: { type: String, value: '' },
    placeholder: { type: String, value: '搜索' },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer);
    },
  },
  methods: {
    type(event: WechatMiniprogram.Input) {
      const value = event.detail.value;
      this.setData({ value });
      clearTimeout(this.data.timer);
      this.data.timer = setTimeout(() => this.search(), PAUSE_MS);
    },
    clear() {
      this.setData({ value: '' });
      this.search();
    },
    search() {
      clearTimeout(this.data.timer);
      this.triggerEvent('search', { value: this.data.value.trim() });
    },
  },
});

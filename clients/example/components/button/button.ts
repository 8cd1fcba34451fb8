/** A button. `press` fires while it can be used; what an `open-type` gives is handed on. */
Component({
  properties: {
    /** primary · soft · plain · danger · text */
    type: { type: String, value: 'primary' },
    /** md · sm */
    size: { type: String, value: 'md' },
    block: { type: Boolean, value: false },
    loading: { type: Boolean, value: false },
    disabled: { type: Boolean, value: false },
    openType: { type: String, value: '' },
  },
  methods: {
    press() {
      if (!this.data.disabled && !this.data.loading) {
        this.triggerEvent('press');
      }
    },
    forwardPhone(event: WechatMiniprogram.CustomEvent) {
      this.triggerEvent('getphonenumber', event.detail);
    },
    forwardAvatar(event: WechatMiniprogram.CustomEvent) {
      this.triggerEvent('chooseavatar', event.detail);
    },
  },
});

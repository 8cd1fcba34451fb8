/** A quantity: less, typed, more. `change` carries the new one, which is within `min` and `max`. */
Component({
  properties: {
    value: { type: Number, value: 1 },
    min: { type: Number, value: 1 },
    max: { type: Number, value: 9999 },
    disabled: { type: Boolean, value: false },
  },
  methods: {
    decrease() {
      this.change(this.data.value - 1);
    },
    increase() {
      this.change(this.data.value + 1);
    },
    enter(event: WechatMiniprogram.Input) {
      const typed = parseInt(event.detail.value, 10);
      this.change(isNaN(typed) ? this.data.value : typed);
    },
    change(wanted: number) {
      const { min, max, disabled, value } = this.data;
      const next = Math.min(Math.max(wanted, min), max);
      this.setData({ value: next });
      if (!disabled && next !== value) {
        this.triggerEvent('change', { value: next });
      }
    },
    /** A tap on the stepper is no tap on the card around it. */
    hold() {},
  },
});

/** A panel from below. A tap beside it fires `close`; the page then sets `visible`. */
Component({
  options: { multipleSlots: true },
  properties: {
    visible: { type: Boolean, value: false },
    title: { type: String, value: '' },
  },
  methods: {
    close() {
      this.triggerEvent('close');
    },
    /** Keeps the page below from scrolling along. */
    hold() {},
  },
});

/** A row of a list: the label on the left, a value or the slot on the right. */
Component({
  properties: {
    label: { type: String, value: '' },
    value: { type: String, value: '' },
    note: { type: String, value: '' },
    icon: { type: String, value: '' },
    arrow: { type: Boolean, value: false },
    /** The page that a tap opens. */
    url: { type: String, value: '' },
    /** The last row has no line below. */
    last: { type: Boolean, value: false },
  },
  methods: {
    open() {
      if (this.data.url !== '') {
        wx.navigateTo({ url: this.data.url });
      }
    },
  },
});

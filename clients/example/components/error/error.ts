/** What could not be loaded: why, and a button to try again. */
Component({
  properties: {
    text: { type: String, value: '网络不太顺畅，请稍后再试' },
  },
  methods: {
    retry() {
      this.triggerEvent('retry');
    },
  },
});

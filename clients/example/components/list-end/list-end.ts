/** Below the last item of a list: more is coming, could not come, or is not there. */
Component({
  properties: {
    /** more · loading · end · error */
    state: { type: String, value: 'more' },
  },
  methods: {
    retry() {
      this.triggerEvent('retry');
    },
  },
});

Component({
  options: { multipleSlots: true },
  properties: { title: { type: String, value: 'none' }, count: Number },
  data: { seen: 0 },
  observers: {
    count(value: number) {
      this.setData({ seen: value });
    },
  },
  methods: {
    pick() {
      this.triggerEvent('pick', { seen: this.data.seen });
    },
  },
});

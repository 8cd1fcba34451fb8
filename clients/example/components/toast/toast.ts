const SHOWN_MS = 2000;

/** A short notice. Pages call it by `showToast` of utils/toast.ts. */
Component({
  data: { text: '', icon: '', visible: false, timer: 0 },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer);
    },
  },
  methods: {
    show(text: string, icon: string) {
      clearTimeout(this.data.timer);
      this.setData({ text, icon, visible: true });
      this.data.timer = setTimeout(() => this.setData({ visible: false }), SHOWN_MS);
    },
  },
});

type Tap = WechatMiniprogram.TouchEvent<Record<string, never>, Record<string, never>, { by: number }>;

Page({
  data: {
    greeting: '你好',
    step: 0,
    rows: [
      { id: 'a', name: '甲' },
      { id: 'b', name: '乙' },
      { id: 'c', name: '丙' },
    ],
    picked: -1,
    word: '',
    on: false,
    submitted: '',
    answer: '',
    absent: '',
  },
  taps: [] as string[],
  onLoad(query: Record<string, string>) {
    this.taps.push(`load ${query.from ?? ''}`);
    this.setData({
      absent: [typeof fetch, typeof document, typeof URLSearchParams, typeof wx.request].join(),
    });
  },
  next(event: Tap) {
    this.taps.push(`tap ${event.mark?.kind}`);
    this.setData({ step: this.data.step + event.currentTarget.dataset.by - 1 });
  },
  turn() {
    this.setData({ rows: [...this.data.rows].reverse() });
  },
  picked(event: WechatMiniprogram.CustomEvent<{ seen: number }>) {
    this.setData({ picked: event.detail.seen });
  },
  switched(event: WechatMiniprogram.SwitchChange) {
    this.setData({ on: event.detail.value });
  },
  submitted(event: WechatMiniprogram.FormSubmit) {
    this.setData({ submitted: event.detail.value.name });
  },
  async ask() {
    const { confirm } = await wx.showModal({ title: '问题', content: '可以吗？' });
    this.setData({ answer: confirm ? '可以' : '不' });
  },
});

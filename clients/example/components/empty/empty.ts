/** Nothing to show: an icon, a sentence and maybe a button. */
Component({
  properties: {
    icon: { type: String, value: 'box' },
    title: { type: String, value: '这里还没有内容' },
    text: { type: String, value: '' },
    /** The button's text; none where empty. */
    action: { type: String, value: '' },
  },
  methods: {
    act() {
      this.triggerEvent('action');
    },
  },
});

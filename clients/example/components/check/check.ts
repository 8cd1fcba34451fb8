/**
 * A round tick, alone or before a text. The page decides what a tap changes.
 *
 * Events: `toggle`, when it is tapped and not disabled.
 */
Component({
  properties: {
    checked: { type: Boolean, value: false },
    disabled: { type: Boolean, value: false },
    /** What the tick is for, read aloud. */
    label: { type: String, value: '' },
  },

  methods: {
    tap() {
      if (!this.data.disabled) this.triggerEvent('toggle');
    },
  },
});

/** A small label. */
Component({
  properties: {
    /** neutral · primary · price · warning · danger */
    tone: { type: String, value: 'neutral' },
  },
});

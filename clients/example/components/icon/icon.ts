/** An icon in the colour of the text beside it. Its names are those of icons/*.svg. */
Component({
  properties: {
    name: { type: String, value: '' },
    /** rpx */
    size: { type: Number, value: 40 },
  },
});

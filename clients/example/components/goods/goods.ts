/** One product of an order: picture, name, model, price and how many. */
Component({
  properties: {
    /** `{ name, model, pictureUrl, price, quantity }`; the price in yuan a piece. */
    item: { type: Object, value: {} },
  },
});

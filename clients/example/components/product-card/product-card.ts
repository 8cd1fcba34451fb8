/** A product in a grid of two columns. A tap is `open`, the plus is `add`; both carry its record id. */
Component({
  properties: {
    /** `ProductCard` of pages/products/products-view.ts. */
    product: { type: Object, value: {} as { id?: string } },
  },
  methods: {
    open() {
      this.triggerEvent('open', { id: this.data.product.id });
    },
    add() {
      this.triggerEvent('add', { id: this.data.product.id });
    },
  },
});

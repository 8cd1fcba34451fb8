import { moneyParts } from '../../utils/format';

/** A price: sign and fen smaller than the yuan, whose thousands are grouped. */
Component({
  properties: {
    /** Yuan. */
    amount: { type: Number, value: 0 },
    /** sm · md · lg */
    size: { type: String, value: 'md' },
    muted: { type: Boolean, value: false },
  },
  data: { whole: '0', fraction: '.00' },
  observers: {
    amount(amount: number) {
      this.setData(moneyParts(amount));
    },
  },
});

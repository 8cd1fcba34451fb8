/** Areas that scroll or slide. */

import { builtin, elementOf, tell, writeModel } from './define.js';

builtin('scroll-view', {
  properties: {
    scrollX: Boolean,
    scrollY: Boolean,
    scrollTop: null,
    scrollLeft: null,
    scrollIntoView: String,
    scrollWithAnimation: Boolean,
    lowerThreshold: { type: null, value: 50 },
    upperThreshold: { type: null, value: 50 },
    enableFlex: Boolean,
    enhanced: Boolean,
    showScrollbar: Boolean,
    refresherEnabled: Boolean,
    refresherTriggered: Boolean,
    type: String,
  },
  created(self, element) {
    element.addEventListener('scroll', () => scrolled(self, element));
  },
  changed({ data }, element) {
    element.toggleAttribute('scroll-x', Boolean(data.scrollX));
    element.toggleAttribute('scroll-y', Boolean(data.scrollY));
    element.toggleAttribute('enable-flex', Boolean(data.enableFlex));
    if (data.scrollTop !== null && data.scrollTop !== '') element.scrollTop = Number(data.scrollTop);
    if (data.scrollLeft !== null && data.scrollLeft !== '') element.scrollLeft = Number(data.scrollLeft);
    if (data.scrollIntoView) queueMicrotask(() => scrollTo(element, data.scrollIntoView));
  },
});

function scrollTo(element, id) {
  const target = [...element.querySelectorAll('[id]')].find((each) => each.id === id);
  if (!target) return;
  const [inner, outer] = [target.getBoundingClientRect(), element.getBoundingClientRect()];
  if (element.hasAttribute('scroll-y')) element.scrollTop += inner.top - outer.top;
  if (element.hasAttribute('scroll-x')) element.scrollLeft += inner.left - outer.left;
}

function scrolled(self, element) {
  const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = element;
  tell(self, 'scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX: 0, deltaY: 0 });
  const [at, length, size] = self.data.scrollX
    ? [scrollLeft, scrollWidth, clientWidth]
    : [scrollTop, scrollHeight, clientHeight];
  const isLow = at + size >= length - Number(self.data.lowerThreshold);
  if (isLow && !self.wasLow)
    tell(self, 'scrolltolower', { direction: self.data.scrollX ? 'right' : 'bottom' });
  self.wasLow = isLow;
}

const SWIPE = 30;

builtin('swiper', {
  properties: {
    current: { type: Number, value: 0 },
    indicatorDots: Boolean,
    indicatorColor: { type: String, value: 'rgba(0, 0, 0, .3)' },
    indicatorActiveColor: { type: String, value: '#000000' },
    autoplay: Boolean,
    circular: Boolean,
    vertical: Boolean,
    interval: Number,
    duration: Number,
    previousMargin: String,
    nextMargin: String,
    displayMultipleItems: Number,
  },
  template: '<div class="renderer-track"><slot/></div><div class="renderer-dots"/>',
  created(self, element) {
    new MutationObserver(() => place(self)).observe(element.firstChild, { childList: true, subtree: true });
    let from = null;
    element.addEventListener('touchstart', ({ touches }) => (from = touches[0].clientX));
    element.addEventListener('touchend', ({ changedTouches }) => {
      const moved = from === null ? 0 : changedTouches[0].clientX - from;
      if (Math.abs(moved) > SWIPE) slideTo(self, self.data.current - Math.sign(moved), 'touch');
    });
  },
  changed: place,
});

const itemsOf = (self) => [...elementOf(self).querySelectorAll('wx-swiper-item')];

function slideTo(self, current, source) {
  if (current < 0 || current >= itemsOf(self).length) return;
  self.setData({ current });
  writeModel(self, 'current', current);
  tell(self, 'change', { current, currentItemId: '', source });
}

function place(self) {
  const { data } = self;
  const [track, dots] = elementOf(self).querySelectorAll('.renderer-track, .renderer-dots');
  track.style.transform = `translateX(${-100 * data.current}%)`;
  const marks = itemsOf(self).map((_, index) => {
    const dot = track.ownerDocument.createElement('i');
    dot.style.background = index === data.current ? data.indicatorActiveColor : data.indicatorColor;
    return dot;
  });
  dots.replaceChildren(...(data.indicatorDots ? marks : []));
}

builtin('swiper-item', { properties: { itemId: String } });

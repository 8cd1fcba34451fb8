/** Pictures, icons and boxes for what a browser does not draw. */

import { append, builtin, elementOf, sourceOf, tell } from './define.js';

const FITS = {
  scaleToFill: 'fill',
  aspectFit: 'contain',
  aspectFill: 'cover',
  widthFix: 'fill',
  heightFix: 'fill',
};

builtin('image', {
  properties: {
    src: String,
    mode: { type: String, value: 'scaleToFill' },
    lazyLoad: Boolean,
    webp: Boolean,
    showMenuByLongpress: Boolean,
  },
  template: null,
  created(self, element) {
    const picture = element.ownerDocument.createElement('img');
    picture.addEventListener('load', () =>
      tell(self, 'load', { width: picture.naturalWidth, height: picture.naturalHeight }),
    );
    picture.addEventListener('error', () => tell(self, 'error', { errMsg: `GET ${picture.src} failed` }));
    append(self, picture);
  },
  changed(self, element) {
    const picture = element.firstChild;
    const { mode, src } = self.data;
    element.setAttribute('mode', mode);
    picture.style.objectFit = FITS[mode] ?? 'none';
    picture.style.objectPosition = FITS[mode] ? '' : mode;
    const source = sourceOf(self, src);
    if (picture.getAttribute('src') === source) return;
    if (source) picture.setAttribute('src', source);
    else picture.removeAttribute('src');
  },
});

builtin('cover-image', { properties: { src: String } });

const SIGNS = {
  success: '✓',
  success_no_circle: '✓',
  info: 'i',
  warn: '!',
  waiting: '…',
  cancel: '×',
  download: '↓',
  search: '⌕',
  clear: '×',
};

builtin('icon', {
  properties: { type: String, size: { type: null, value: 23 }, color: { type: String, value: '#09bb07' } },
  template: null,
  changed({ data }, element) {
    element.textContent = SIGNS[data.type] ?? '';
    element.style.cssText += `;font-size:${parseFloat(data.size)}px;color:${data.color}`;
  },
});

for (const name of ['video', 'web-view', 'map', 'camera', 'canvas', 'audio', 'live-player']) {
  builtin(name, {
    properties: { src: String, poster: String },
    created(self) {
      elementOf(self).setAttribute('renderer-box', name);
    },
  });
}

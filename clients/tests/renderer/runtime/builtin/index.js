/** All built-in components. */

import './boxes.js';
import './button.js';
import './choices.js';
import './fields.js';
import './media.js';
import './pickers.js';
import './scrolling.js';

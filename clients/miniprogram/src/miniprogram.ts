/** “构建 npm”用的 CommonJS 入口。 */
import { createClient } from './client';
import { parseDate } from './dates';
import { ApiError } from './errors';
import { and, or, where } from './filter';

declare const module: { exports: unknown };

module.exports = { createClient, ApiError, where, and, or, parseDate };

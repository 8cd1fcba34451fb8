/** Registers pages and components with j-component when they are first needed: `Page`, `Component` and `Behavior`. */

import jComponent from 'j-component';
import exparser from 'miniprogram-exparser';
import utils from 'j-component/src/tool/utils.js';
import { templateOf } from './template.js';
import { css } from './units.js';

const SHARED = new Set(['apply-shared', 'shared', 'page-apply-shared', 'page-shared']);

export class Registry {
  /** `units`, `wxss` and `templates` (`$gwx`) come from compile.mjs; `load(path)` runs a module. */
  constructor({ units, wxss, templates, load }) {
    Object.assign(this, { units, wxss, templates, load, ids: new Map(), paths: new Map(), loading: null });
    this.globals = {
      Page: (definition) => this.register(pageDefinition(definition)),
      Component: (definition) => this.register(definition),
      Behavior: (definition) => jComponent.behavior(definition),
    };
    allowGlobalClasses();
  }

  /** The id of a page, registered with the components that it uses. */
  page(path) {
    if (!this.units[path]?.isPage) throw new Error(`page "${path}" is not found`);
    return this.need(path);
  }

  need(path) {
    if (this.ids.has(path)) return this.ids.get(path);
    const { using, isMissing } = this.units[path];
    if (isMissing) throw new Error(`${path}.wxml does not exist`);
    this.ids.set(path, idOf(path)); // before what it uses: a component may use itself
    Object.values(using).forEach((each) => this.need(each));
    const before = this.loading;
    this.loading = path;
    this.load(path);
    this.loading = before;
    return this.ids.get(path);
  }

  register(definition) {
    const path = this.loading;
    const { using, isPage } = this.units[path];
    const ids = Object.fromEntries(Object.entries(using).map(([tag, unit]) => [tag, idOf(unit)]));
    this.paths.set(idOf(path), path);
    const prefix = isPage ? '' : prefixOf(path);
    const options = { classPrefix: prefix, ...definition.options };
    const addGlobalClass = options.addGlobalClass || SHARED.has(options.styleIsolation);
    jComponent.register({
      ...definition,
      id: idOf(path),
      path,
      tagName: isPage ? 'wx-page' : hostOf(path),
      template: templateOf(this.templates(`${path}.wxml`), path, ids),
      usingComponents: ids,
      relations: relationsOf(definition.relations, path),
      options: { ...options, classPrefix: addGlobalClass ? `${prefix}${GLOBAL}` : prefix },
    });
  }

  /** The path of the page or component that `node` is an instance of. */
  pathOf(node) {
    return this.paths.get(node.is) ?? '';
  }

  /** What is put before the class names of a page or component. */
  prefixOf(node) {
    const path = this.pathOf(node);
    return this.units[path]?.isPage === false ? prefixOf(path) : '';
  }

  /** The style sheet of the app or of a page. */
  css(path) {
    return css(this.wxss[path] ?? '');
  }

  /** The style sheets of all components. */
  componentCss() {
    const components = Object.entries(this.units).filter(([, { isPage }]) => !isPage);
    return components.map(([path]) =>
      css(this.wxss[path] ?? '', { prefix: prefixOf(path), host: hostOf(path) }),
    );
  }
}

const GLOBAL = '+';
const idOf = (path) => `unit:${path}`;
const prefixOf = (path) => path.replace(/[^A-Za-z0-9]+/g, '-');
const hostOf = (path) => `c-${prefixOf(path).toLowerCase()}`;

/** j-component never lets the app's classes into a component; a mark at the prefix's end says that this one does. */
function allowGlobalClasses() {
  const registerElement = exparser.registerElement;
  exparser.registerElement = (definition) => {
    const { options } = definition;
    if (options?.classPrefix?.endsWith(GLOBAL)) {
      options.classPrefix = options.classPrefix.slice(0, -GLOBAL.length);
      options.addGlobalClass = true;
    }
    return registerElement.call(exparser, definition);
  };
}

function relationsOf(relations, path) {
  const resolved = Object.entries(relations ?? {}).map(([key, value]) => {
    const target = new URL(key, `http://app/${path}`).pathname.slice(1);
    return [idOf(target), { ...value, target: idOf(target) }];
  });
  return Object.fromEntries(resolved);
}

/** `Page`'s flat definition: functions are methods, `data` is data, what is left belongs to each instance. */
function pageDefinition({ data = {}, behaviors, options, ...rest }) {
  const entries = Object.entries(rest);
  const methods = Object.fromEntries(entries.filter(([, value]) => typeof value === 'function'));
  const fields = entries.filter(([, value]) => typeof value !== 'function');
  const created = function () {
    fields.forEach(([name, value]) => (this[name] = utils.copy(value)));
  };
  return { data, behaviors, options, methods, lifetimes: { created } };
}

interface Toast {
  show(text: string, icon: string): void;
}

interface WithComponents {
  selectComponent(selector: string): unknown;
}

/**
 * Tell the user something for two seconds.
 *
 * @param page a page that holds `<ui-toast id="toast" />`
 * @param icon a name of `ui-icon`; none where empty
 */
export function showToast(page: WithComponents, text: string, icon = ''): void {
  (page.selectComponent('#toast') as Toast | null)?.show(text, icon);
}

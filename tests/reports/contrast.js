// The WCAG 2.2 contrast ratio of every text in sight and what is behind it: https://www.w3.org/TR/WCAG22/#contrast-minimum
() => {
  const parsed = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, below) => {
    const mixed = (channel) => top[channel] * top.alpha + below[channel] * (1 - top.alpha);
    return { red: mixed("red"), green: mixed("green"), blue: mixed("blue"), alpha: 1 };
  };
  const linear = (channel) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ({ red, green, blue }) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const layer = parsed(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer.alpha === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), { red: 255, green: 255, blue: 255, alpha: 1 });
  };
  const shown = ({ red, green, blue }) => `rgb(${[red, green, blue].map(Math.round).join(", ")})`;
  const modal = document.querySelector("dialog[open]");
  const pairs = new Map();
  const walker = document.createTreeWalker(modal ?? document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text === "" || !node.checkVisibility() || node.closest("script, style, noscript, option, .unseen, .symbols")) continue;
    const style = getComputedStyle(node);
    const below = behind(node);
    const colour = over(parsed(style.color), below);
    const [high, low] = [luminance(colour), luminance(below)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const key = `${shown(colour)} ${shown(below)} ${isLarge}`;
    pairs.set(key, { colour: shown(colour), behind: shown(below), ratio: (high + 0.05) / (low + 0.05), needed: isLarge ? 3 : 4.5, text: text.slice(0, 60) });
  }
  return [...pairs.values()];
}

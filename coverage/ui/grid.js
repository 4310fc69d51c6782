// Makes the elements of a table out of what Python says of it, and tells what was chosen.
// Every text is set as text: nothing that comes from a file becomes HTML.

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function swatch(cell) {
  // The paint of the legend of the map, so that one colour means one thing.
  const made = element("span", cell.hatched ? "swatch hatched" : "swatch");
  made.style.setProperty("--colour", cell.colour);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function bar([low, high]) {
  const made = element("span", "coverage-bar");
  made.setAttribute("aria-hidden", "true"); // the words beside it say the same
  const sure = element("span", "sure");
  sure.style.width = `${100 * low}%`;
  const maybe = element("span", "maybe");
  maybe.style.width = `${100 * (high - low)}%`;
  made.append(sure, maybe);
  return made;
}

function fill(place, cell, name) {
  if (typeof cell === "string") {
    (name ?? place).textContent = cell;
    if (name) place.append(name);
    return;
  }
  if (cell.unknown) place.classList.add("unknown");
  const words = name ?? element("span");
  words.textContent = cell.text;
  if (cell.colour) {
    const line = element("span", "painted");
    line.append(swatch(cell), words);
    place.append(line);
  } else {
    place.append(words);
  }
  if (cell.mark) place.append(" ", element("span", "mark", cell.mark));
  if (cell.bar) place.append(bar(cell.bar));
}

function heading(column) {
  const cell = element("th", column.right ? "right" : "");
  cell.scope = "col";
  if (column.sorted) cell.ariaSort = column.sorted;
  const place = column.sortable ? element("button", "sort") : cell;
  if (column.sortable) {
    place.type = "button";
    place.dataset.sort = column.key;
    cell.append(place);
  }
  place.append(element("span", "words", column.heading));
  cell.dataset.words = column.heading; // paper repeats this, and not what is in a button
  if (column.note) cell.append(element("span", "note", column.note));
  return cell;
}

/** What the name of a row is: a link, a button, or only a name. */
function nameOf(row, choose) {
  const usual = (row.kind ?? "row") === "row";
  if (usual && row.href) {
    const link = element("a", "name");
    link.href = row.href;
    link.target = "_self";
    if (choose) link.dataset.choose = row.key;
    return link;
  }
  if (usual && choose) {
    const button = element("button", "name");
    button.type = "button";
    button.dataset.choose = row.key;
    return button;
  }
  return null;
}

function line(row, columns, choose) {
  const made = element("tr", row.kind ?? "");
  const scope = row.kind === "group" ? "rowgroup" : "row";
  if (row.current) made.setAttribute("aria-current", "true");
  row.cells.forEach((cell, index) => {
    const place = element(index ? "td" : "th", columns[index].right ? "right" : "");
    if (!index) place.scope = scope;
    fill(place, cell, index ? null : nameOf(row, choose));
    made.append(place);
  });
  return made;
}

function bodies(data) {
  const made = document.createDocumentFragment();
  const foot = element("tfoot");
  let body = null;
  for (const row of data.rows) {
    if (row.kind === "total") {
      foot.append(line(row, data.columns, data.choose));
      continue;
    }
    if (!body || row.kind === "group") {
      body = element("tbody");
      made.append(body);
    }
    body.append(line(row, data.columns, data.choose));
  }
  if (foot.childElementCount) made.append(foot);
  return made;
}

function build(data, id) {
  const table = element("table");
  const caption = element("caption", "", data.caption);
  caption.id = id;
  const head = element("thead");
  const headings = element("tr");
  headings.append(...data.columns.map(heading));
  head.append(headings);
  table.append(caption, head, bodies(data));
  return table;
}

/** What has the focus, so that a table that is built anew gives it back. */
function focused(place) {
  const at = document.activeElement;
  if (!at || !place.contains(at)) return null;
  for (const kind of ["sort", "choose"]) {
    if (at.dataset[kind]) return [kind, at.dataset[kind]];
  }
  return null;
}

function refocus(place, at) {
  if (!at) return;
  const found = [...place.querySelectorAll(`[data-${at[0]}]`)];
  found.find((one) => one.dataset[at[0]] === at[1])?.focus({ preventScroll: true });
}

function place(parent) {
  const there = parent.querySelector(":scope > .coverage-grid");
  if (there) return there;
  const made = element("div", "coverage-grid");
  const summary = element("p", "summary");
  summary.role = "status"; // a polite live region: it must be there before its text changes
  const frame = element("div", "frame");
  frame.role = "region";
  frame.tabIndex = 0; // who has no mouse scrolls it by arrow keys
  made.append(summary, frame);
  parent.append(made);
  return made;
}

let count = 0;

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = place(parentElement);
  const [summary, frame] = grid.children;
  grid.onclick = (event) => {
    const at = event.target.closest("[data-sort], [data-choose]");
    if (!at) return;
    if (at.dataset.sort) {
      setTriggerValue("sort", at.dataset.sort);
      return;
    }
    // A link with a key held down opens another tab, as links do.
    if (at.href && (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) return;
    event.preventDefault();
    setTriggerValue("choose", at.dataset.choose);
  };

  // The same table is left alone: selection, focus and scroll position stay.
  const seen = JSON.stringify(data);
  if (grid.seen === seen) return;
  grid.seen = seen;
  if (summary.textContent !== data.summary) summary.textContent = data.summary;
  summary.hidden = !data.summary;
  frame.hidden = !data.rows.length;
  frame.style.setProperty("--height", `${data.height}px`);

  grid.caption ??= `coverage-grid-${(count += 1)}-${Date.now()}`;
  const rows = data.rows.map((row) => row.key).join("\n");
  const at = focused(grid);
  const { scrollLeft } = frame;
  const scrollTop = grid.rows === rows ? frame.scrollTop : 0;
  frame.setAttribute("aria-labelledby", grid.caption);
  frame.replaceChildren(build(data, grid.caption));
  grid.rows = rows;
  const head = frame.querySelector("thead");
  // What gets the focus must not lie under the heading or under the names.
  frame.style.setProperty("--head", `${head.offsetHeight}px`);
  frame.style.setProperty("--names", `${head.querySelector("th").offsetWidth}px`);
  refocus(grid, at);
  frame.scrollLeft = scrollLeft;
  frame.scrollTop = scrollTop;
}

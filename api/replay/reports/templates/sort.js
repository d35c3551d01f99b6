"use strict";
const french = document.documentElement.lang === "fr";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const plain = (row) => row.cells[column].textContent.replace(french ? /[\s<>]/g : /[\s,<>]/g, "");
      const number = (row) => parseFloat(french ? plain(row).replace(",", ".") : plain(row));
      const text = (row) => row.cells[column].textContent;
      const rows = [...body.rows].sort((a, b) => {
        const order = head.classList.contains("n")
          ? (Number.isNaN(number(a)) ? -Infinity : number(a)) - (Number.isNaN(number(b)) ? -Infinity : number(b)) || 0
          : text(a).localeCompare(text(b));
        return down ? -order : order;
      });
      body.append(...rows);
    });
  }
}

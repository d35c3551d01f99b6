// On a narrow screen the map is moved sideways: what it shows first is where the busiest ports are.
for (const map of document.querySelectorAll(".drawing > svg.map")) {
  const frame = map.parentElement;
  const marks = [...map.querySelectorAll("rect.port")];
  const size = (mark) => mark.width.baseVal.value ** 2;
  const total = marks.reduce((sum, mark) => sum + size(mark), 0);
  if (total === 0) continue;
  const middle = marks.reduce((sum, mark) => sum + size(mark) * (mark.x.baseVal.value + mark.width.baseVal.value / 2), 0) / total;
  frame.scrollLeft = (middle / map.viewBox.baseVal.width) * frame.scrollWidth - frame.clientWidth / 2;
}

// Makes the finished page handier: language by fragment, sorting, filtering, the zoomable chart.
// Everything that matters is readable without it. Keeps nothing, sends nothing.
(function () {
  "use strict";
  var root = document.documentElement;
  var english = document.getElementById("tongue-en");
  var japanese = document.getElementById("tongue-ja");
  var charts = [];

  function tongue() { return japanese.checked ? "ja" : "en"; }
  function say(en, ja) { return tongue() === "ja" ? ja : en; }
  function both(parent, en, ja) {
    [["en", en], ["ja", ja]].forEach(function (side) {
      var span = document.createElement("span");
      span.className = side[0];
      span.lang = side[0];
      span.textContent = side[1];
      parent.appendChild(span);
    });
    return parent;
  }
  function tongueChanged() {
    root.lang = tongue();
    charts.forEach(function (chart) { chart.draw(); });
  }
  function readFragment() {
    if (location.hash === "#ja") japanese.checked = true;
    if (location.hash === "#en") english.checked = true;
    tongueChanged();
  }
  english.addEventListener("change", tongueChanged);
  japanese.addEventListener("change", tongueChanged);
  window.addEventListener("hashchange", readFragment);

  // Tables ------------------------------------------------------------------------------------
  function keyOf(cell) {
    if (!cell) return "";
    return cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent.trim();
  }
  function compare(a, b) {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;  // unknown comes last
    var x = Number(a), y = Number(b);
    if (!isNaN(x) && !isNaN(y)) return x - y;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  function makeSortable(table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var rows = Array.from(table.tBodies[0].rows).map(function (row, place) {
          return { row: row, place: place, key: keyOf(row.cells[column]) };
        });
        rows.sort(function (a, b) {
          var order = compare(a.key, b.key);
          if (down && a.key !== "" && b.key !== "") order = -order;
          return order || a.place - b.place;
        });
        rows.forEach(function (entry) { table.tBodies[0].appendChild(entry.row); });
      });
    });
  }
  function makeFilter(table) {
    var rows = Array.from(table.tBodies[0].rows);
    if (rows.length < 8) return;
    var box = document.createElement("div");
    box.className = "filter";
    var label = document.createElement("label");
    both(label, "Filter", "絞り込み");
    var input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    label.appendChild(document.createTextNode(" "));
    label.appendChild(input);
    var count = document.createElement("span");
    count.className = "soft";
    count.setAttribute("aria-live", "polite");
    box.appendChild(label);
    box.appendChild(count);
    table.parentNode.parentNode.insertBefore(box, table.parentNode);
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
        row.hidden = !fits;
        if (fits) ++shown;
      });
      count.textContent = words.length ? shown + " / " + rows.length : "";
    });
  }
  Array.from(document.querySelectorAll("table.sortable")).forEach(function (table) {
    makeSortable(table);
    makeFilter(table);
  });

  // Custody record alone --------------------------------------------------------------------------
  Array.from(document.querySelectorAll(".custody")).forEach(function (custody) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "plain screen";
    both(button, "Print this record alone", "この管理表だけを印刷");
    custody.appendChild(button);
    button.addEventListener("click", function () {
      custody.classList.add("wanted");
      document.body.classList.add("only-custody");
      window.print();
      custody.classList.remove("wanted");
      document.body.classList.remove("only-custody");
    });
  });

  // Chart -------------------------------------------------------------------------------------------
  var DAY = 86400000, HOUR = 3600000;
  var LANE = 46, BAR = 26, TOP = 18;

  function unpack(pairs, counts) {  // [step, count, step, count, ...]
    var at = 0;
    for (var i = 0; i + 1 < pairs.length; i += 2) {
      at += pairs[i];
      counts[at] = pairs[i + 1];
    }
    return counts;
  }
  function stamp(time, withHours) {
    var text = new Date(time).toISOString();
    return text.slice(0, 10) + (withHours ? " " + text.slice(11, 16) : "");
  }
  function element(name, attributes) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (var key in attributes) node.setAttribute(key, attributes[key]);
    return node;
  }
  function ticks(from, to, most) {  // [time, label] at round dates
    var span = to - from, result = [];
    var steps = [["h", 1], ["h", 3], ["h", 6], ["h", 12], ["d", 1], ["d", 2], ["d", 7], ["d", 14],
                 ["m", 1], ["m", 3], ["m", 6], ["y", 1], ["y", 2], ["y", 5], ["y", 10], ["y", 20]];
    var length = { h: HOUR, d: DAY, m: 30.4 * DAY, y: 365.25 * DAY };
    var step = steps[steps.length - 1];
    for (var i = 0; i < steps.length; ++i) {
      if (span / (length[steps[i][0]] * steps[i][1]) <= most) { step = steps[i]; break; }
    }
    var date = new Date(from), time;
    var year = date.getUTCFullYear(), month = date.getUTCMonth();
    for (var n = 0; n < 400; ++n) {
      if (step[0] === "y") time = Date.UTC(Math.ceil(year / step[1]) * step[1] + n * step[1], 0, 1);
      else if (step[0] === "m") time = Date.UTC(year, Math.floor(month / step[1]) * step[1] + n * step[1], 1);
      else time = Math.ceil(from / (length[step[0]] * step[1])) * length[step[0]] * step[1] + n * length[step[0]] * step[1];
      if (time > to) break;
      if (time < from) continue;
      var text = new Date(time).toISOString();
      result.push([time, step[0] === "h" ? text.slice(5, 10) + " " + text.slice(11, 16)
        : step[0] === "d" ? text.slice(0, 10) : step[0] === "m" ? text.slice(0, 7) : text.slice(0, 4)]);
    }
    return result;
  }

  function Chart(box) {
    var data = JSON.parse(box.querySelector("script").textContent);
    this.box = box;
    this.from0 = data.day0 * DAY;
    this.to0 = (data.day0 + data.days) * DAY;
    this.hour0 = data.hour0 * HOUR;
    this.lanes = data.lanes.map(function (lane) {
      return { en: lane.en, ja: lane.ja, days: unpack(lane.d, new Float64Array(data.days)),
               hours: unpack(lane.h, new Float64Array(data.hours)) };
    });
    this.tools = document.createElement("div");
    this.tools.className = "chart-tools";
    this.svg = element("svg", { tabindex: "0", role: "img" });
    this.note = document.createElement("output");
    box.appendChild(this.tools);
    box.appendChild(this.svg);
    box.appendChild(this.note);
    this.addTools();
    this.listen();
    this.show(Math.max(this.from0, this.to0 - 365 * DAY), this.to0);
  }
  Chart.prototype.addTools = function () {
    var self = this;
    function button(en, ja, act) {
      var node = document.createElement("button");
      node.type = "button";
      both(node, en, ja);
      node.addEventListener("click", act);
      self.tools.appendChild(node);
      return node;
    }
    this.presets = [[DAY * 2, "2 days", "2 日"], [DAY * 30, "30 days", "30 日"], [DAY * 365, "1 year", "1 年"],
     [Infinity, "All", "全期間"]].map(function (preset) {
      var node = button(preset[1], preset[2], function () {
        self.show(Math.max(self.from0, self.to0 - preset[0]), self.to0);
      });
      return { node: node, span: preset[0] };
    });
    button("Earlier", "前へ", function () { self.move(-0.5); });
    button("Later", "次へ", function () { self.move(0.5); });
    button("Zoom in", "拡大", function () { self.scale(0.5); });
    button("Zoom out", "縮小", function () { self.scale(2); });
    this.dates = ["from", "to"].map(function (which) {
      var input = document.createElement("input");
      input.type = "date";
      input.autocomplete = "off";
      input.setAttribute("aria-label", which === "from" ? "From / 開始日" : "To / 終了日");
      self.tools.appendChild(input);
      input.addEventListener("change", function () {
        var from = Date.parse(self.dates[0].value), to = Date.parse(self.dates[1].value) + DAY;
        if (from < to) self.show(from, to);
      });
      return input;
    });
  };
  Chart.prototype.show = function (from, to) {
    var least = 6 * HOUR;
    if (to - from < least) { var middle = (from + to) / 2; from = middle - least / 2; to = middle + least / 2; }
    this.from = Math.max(from, this.from0);
    this.to = Math.min(to, this.to0);
    if (this.to <= this.from) { this.from = this.from0; this.to = this.to0; }
    this.draw();
  };
  Chart.prototype.move = function (share) {
    var step = (this.to - this.from) * share;
    step = Math.max(this.from0 - this.from, Math.min(this.to0 - this.to, step));
    this.show(this.from + step, this.to + step);
  };
  Chart.prototype.scale = function (factor) {
    var middle = (this.from + this.to) / 2, half = (this.to - this.from) / 2 * factor;
    this.show(middle - half, middle + half);
  };
  // Bins of the view: whole hours while they are known for all of it, else whole days.
  Chart.prototype.bins = function (width) {
    var hourly = this.to - this.from <= 40 * DAY && this.from >= this.hour0;
    var unit = hourly ? HOUR : DAY, start = hourly ? this.hour0 : this.from0;
    var units = (this.to - this.from) / unit;
    var many = Math.max(1, Math.ceil(units / Math.max(20, Math.floor(width / 5))));
    var first = Math.floor((this.from - start) / unit), last = Math.ceil((this.to - start) / unit);
    return { hourly: hourly, unit: unit, start: start, many: many, first: first, last: last };
  };
  Chart.prototype.draw = function () {
    var width = Math.max(280, this.box.clientWidth), self = this;
    var height = TOP + this.lanes.length * LANE + 22;
    var svg = this.svg;
    svg.setAttribute("viewBox", "0 0 " + width + " " + height);
    svg.setAttribute("aria-label", say("Events over time", "時系列のイベント数"));
    while (svg.firstChild) svg.removeChild(svg.firstChild);
    var from = this.from, scale = width / (this.to - this.from);
    function x(time) { return (time - from) * scale; }
    ticks(this.from, this.to, Math.floor(width / 90)).forEach(function (tick) {
      var at = x(tick[0]);
      svg.appendChild(element("line", { "class": "grid", x1: at, x2: at, y1: TOP, y2: height - 18 }));
      var text = element("text", { x: Math.min(at + 2, width - 60), y: height - 4 });
      text.textContent = tick[1];
      svg.appendChild(text);
    });
    var bins = this.bin = this.bins(width);
    this.totals = this.lanes.map(function (lane, row) {
      var counts = bins.hourly ? lane.hours : lane.days, sums = [], most = 0;
      for (var at = bins.first; at < bins.last; at += bins.many) {
        var sum = 0;
        for (var i = Math.max(0, at); i < Math.min(at + bins.many, bins.last, counts.length); ++i) sum += counts[i];
        sums.push(sum);
        most = Math.max(most, sum);
      }
      var base = TOP + (row + 1) * LANE - 2, path = "";
      var wide = Math.max(1, bins.many * bins.unit * scale - 0.6);
      sums.forEach(function (sum, i) {
        if (!sum) return;
        var left = x(bins.start + (bins.first + i * bins.many) * bins.unit);
        var tall = Math.max(2, BAR * Math.sqrt(sum / most));
        path += "M" + left.toFixed(1) + " " + base + "h" + wide.toFixed(1) + "v-" + tall.toFixed(1) + "h-" + wide.toFixed(1) + "z";
      });
      svg.appendChild(element("line", { "class": "grid", x1: 0, x2: width, y1: base, y2: base }));
      svg.appendChild(element("path", { "class": "bin", d: path }));
      var name = element("text", { "class": "lane", x: 0, y: base - BAR - 5 });
      name.textContent = lane[tongue()] + "  (" + say("peak ", "最大 ") + most.toLocaleString("en") + ")";
      svg.appendChild(name);
      return sums;
    });
    this.pick = element("rect", { "class": "pick", y: TOP, height: height - TOP - 18, width: 0, x: 0 });
    svg.appendChild(this.pick);
    this.dates[0].value = stamp(this.from);
    this.dates[1].value = stamp(this.to - 1);
    this.presets.forEach(function (preset) {
      var span = Math.min(preset.span, self.to0 - self.from0);
      var on = self.to === self.to0 && Math.abs(self.to - self.from - span) < 1;
      preset.node.setAttribute("aria-pressed", on ? "true" : "false");
    });
    this.tell(-1);
  };
  Chart.prototype.tell = function (index) {
    var bins = this.bin, self = this, text;
    var unit = bins.hourly ? say("hour", "時間") : say("day", "日");
    if (index < 0) {
      text = stamp(this.from, bins.hourly) + " - " + stamp(this.to, bins.hourly) + " UTC. " +
        say("One bar = " + bins.many + " " + unit + (bins.many > 1 ? "s" : "") +
            "; heights are square roots, each row on its own scale. Drag to zoom; arrow keys, + and - work too.",
            "棒 1 本 = " + bins.many + " " + unit + "。高さは平方根で、行ごとに別の縮尺です。" +
            "ドラッグで拡大、矢印キーと + - でも操作できます。");
    } else {
      var start = bins.start + (bins.first + index * bins.many) * bins.unit;
      var parts = [];
      this.totals.forEach(function (sums, lane) {
        if (sums[index]) parts.push(self.lanes[lane][tongue()] + " " + sums[index].toLocaleString("en"));
      });
      text = stamp(start, bins.hourly) + " - " + stamp(start + bins.many * bins.unit, bins.hourly) + " UTC: " +
        (parts.join(", ") || say("no events", "イベントなし"));
    }
    this.note.textContent = text;
  };
  Chart.prototype.listen = function () {
    var self = this, start = null;
    function place(event) {
      var area = self.svg.getBoundingClientRect();
      return Math.max(0, Math.min(1, (event.clientX - area.left) / area.width));
    }
    function viewWidth() { return self.svg.viewBox.baseVal.width; }
    this.svg.addEventListener("pointerdown", function (event) {
      start = place(event);
      self.svg.setPointerCapture(event.pointerId);
    });
    this.svg.addEventListener("pointermove", function (event) {
      var at = place(event);
      if (start !== null) {
        self.pick.setAttribute("x", Math.min(start, at) * viewWidth());
        self.pick.setAttribute("width", Math.abs(at - start) * viewWidth());
      }
      var bins = self.bin, time = self.from + at * (self.to - self.from);
      self.tell(Math.floor(((time - bins.start) / bins.unit - bins.first) / bins.many));
    });
    this.svg.addEventListener("pointerup", function (event) {
      var at = place(event), left = Math.min(start, at), right = Math.max(start, at), span = self.to - self.from;
      start = null;
      self.pick.setAttribute("width", 0);
      if (right - left > 0.01) self.show(self.from + left * span, self.from + right * span);
    });
    this.svg.addEventListener("pointercancel", function () { start = null; self.pick.setAttribute("width", 0); });
    this.svg.addEventListener("pointerleave", function () { if (start === null) self.tell(-1); });
    this.svg.addEventListener("keydown", function (event) {
      var acts = { ArrowLeft: [self.move, -0.25], ArrowRight: [self.move, 0.25], "+": [self.scale, 0.5],
                   "-": [self.scale, 2] };
      var act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act[0].call(self, act[1]);
    });
    window.addEventListener("resize", function () { self.draw(); });
  };
  Array.from(document.querySelectorAll(".chart")).forEach(function (box) { charts.push(new Chart(box)); });

  readFragment();
  root.dataset.ready = "yes";
})();

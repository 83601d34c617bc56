// The drawing board: terra-draw on our map, fetched when it is first wanted. Nothing is measured here.

/** @typedef {"rectangle" | "polygon" | "linestring" | "point"} Kind */
/** @typedef {{finished: (shape: any) => void, moving: () => void, drawing: () => void}} Told */

const MOUSE_PX = 14;
const FINGER_PX = 28;
const LEAST = { rectangle: 2, polygon: 3, linestring: 2, point: 1 };
const DIGITS = 9;
/** A key that no keyboard has: our button finishes, and Enter stays free for the crosshair. */
const FINISH = "Finish";
const LOOK = "#c2187a";

export class DrawingBoard {
  /** The board on a map. @param {any} map @param {Told} told */
  static async on(map, told) {
    const [lib, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
      import("../vendor/terra-draw/terra-draw.modern.js"),
      import("../vendor/terra-draw-maplibre-gl-adapter/terra-draw-maplibre-gl-adapter.modern.js"),
    ]);
    return new DrawingBoard(map, told, lib, new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: DIGITS }));
  }

  /** @param {any} map @param {Told} told @param {any} lib @param {any} adapter */
  constructor(map, told, lib, adapter) {
    this.map = map;
    this.told = told;
    this.modes = modesOf(lib);
    this.draw = new lib.TerraDraw({ adapter, modes: Object.values(this.modes), undoRedo: { modeLevel: new lib.TerraDrawModeUndoRedo() } });
    /** @type {any} the id of the shape that is finished */
    this.id = null;
    /** @type {Kind} */
    this.kind = "rectangle";
    this.draw.on("finish", (/** @type {any} */ id, /** @type {any} */ context) => this.finished(id, context));
    this.draw.on("change", (/** @type {any} */ ids, /** @type {string} */ type) => this.changed(ids, type));
  }

  /** Waits for a shape of a kind; what was drawn is gone. @param {Kind} kind */
  begin(kind) {
    this.stop();
    this.kind = kind;
    this.draw.start();
    this.draw.setMode(kind);
  }

  /** Shows a shape that is finished, to be dragged. @param {any} geometry GeoJSON in degrees */
  put(geometry) {
    this.stop();
    this.draw.start();
    const mode = { Polygon: this.kind === "rectangle" ? "polygon" : this.kind, LineString: "linestring", Point: "point" }[/** @type {"Point"} */ (geometry.type)];
    const id = this.draw.getFeatureId();
    this.draw.setMode("select");
    const [added] = this.draw.addFeatures([{ id, type: "Feature", geometry: rounded(geometry), properties: { mode } }]);
    if (!added.valid) return false;
    this.hold(id);
    return true;
  }

  stop() {
    this.id = null;
    if (this.draw.enabled) this.draw.stop();
  }

  get isDrawing() {
    return this.draw.enabled && this.id === null && this.draw.getModeState() === "drawing";
  }

  /** How many points are set. */
  get points() {
    if (!this.isDrawing) return 0;
    const mode = this.modes[this.kind];
    return this.kind === "rectangle" || this.kind === "point" ? 1 : mode.undoSize();
  }

  get canFinish() {
    return this.isDrawing && this.kind !== "rectangle" && this.points >= LEAST[this.kind];
  }

  finish() {
    if (this.canFinish) this.modes[this.kind].onKeyUp({ key: FINISH, heldKeys: [], preventDefault: () => {} });
  }

  /** Takes back the last point. */
  undo() {
    if (!this.isDrawing) return;
    if (this.points > 1) this.draw.undo();
    else this.begin(this.kind);
  }

  /** Sets a point at the middle of the map, for who draws by keyboard. @param {{lng: number, lat: number}} at */
  tap({ lng, lat }) {
    if (this.id !== null || !this.draw.enabled) return;
    const { x, y } = this.map.project([lng, lat]);
    this.modes[this.kind].onClick({ lng, lat, containerX: x, containerY: y, button: "left", heldKeys: [], isContextMenu: false });
  }

  /** @param {any} id @param {{action: string}} context */
  finished(id, { action }) {
    const { geometry } = this.draw.getSnapshotFeature(id);
    if (action === "draw") setTimeout(() => this.draw.enabled && this.draw.hasFeature(id) && this.hold(id));
    this.told.finished(geometry);
  }

  /** @param {any} id */
  hold(id) {
    this.draw.setMode("select");
    this.draw.selectFeature(id);
    this.id = id;
  }

  /** The board counts a point only after it has told of it. @param {any[]} ids @param {string} type */
  changed(ids, type) {
    if (this.id !== null && type === "update" && ids.includes(this.id)) this.told.moving();
    else if (this.id === null) setTimeout(() => this.told.drawing());
  }
}

/** @param {any} lib */
function modesOf(lib) {
  const pointerDistance = matchMedia("(pointer: coarse)").matches || navigator.maxTouchPoints > 0 ? FINGER_PX : MOUSE_PX;
  const keyEvents = { cancel: null, finish: FINISH };
  const area = { fillColor: LOOK, fillOpacity: 0.18, outlineColor: LOOK, outlineWidth: 2.5, closingPointColor: "#ffffff", closingPointWidth: 8, closingPointOutlineColor: LOOK, closingPointOutlineWidth: 3, coordinatePointColor: LOOK, coordinatePointWidth: 5 };
  const line = { lineStringColor: LOOK, lineStringWidth: 3, closingPointColor: "#ffffff", closingPointWidth: 8, closingPointOutlineColor: LOOK, closingPointOutlineWidth: 3 };
  const point = { pointColor: LOOK, pointWidth: 7, pointOutlineColor: "#ffffff", pointOutlineWidth: 2 };
  const chosen = { selectedPolygonColor: LOOK, selectedPolygonFillOpacity: 0.18, selectedPolygonOutlineColor: LOOK, selectedPolygonOutlineWidth: 2.5, selectedLineStringColor: LOOK, selectedLineStringWidth: 3, selectedPointColor: LOOK, selectedPointWidth: 6, selectedPointOutlineColor: "#ffffff", selectedPointOutlineWidth: 2, selectionPointColor: "#ffffff", selectionPointWidth: 6, selectionPointOutlineColor: LOOK, selectionPointOutlineWidth: 2.5 };
  const corners = { feature: { draggable: true, coordinates: { draggable: true } } };
  const whole = { feature: { draggable: true, coordinates: { resizable: "opposite" } } };
  return {
    rectangle: new lib.TerraDrawRectangleMode({ keyEvents, styles: area, drawInteraction: "click-move" }),
    polygon: new lib.TerraDrawPolygonMode({ keyEvents, pointerDistance, styles: area, showCoordinatePoints: true }),
    linestring: new lib.TerraDrawLineStringMode({ keyEvents, pointerDistance, styles: line, showCoordinatePoints: true }),
    point: new lib.TerraDrawPointMode({ styles: point }),
    select: new lib.TerraDrawSelectMode({
      pointerDistance,
      keyEvents: null,
      styles: chosen,
      allowManualDeselection: false,
      flags: { rectangle: whole, polygon: corners, linestring: corners, point: { feature: { draggable: true } } },
    }),
  };
}

/** As many digits as the board keeps. @param {any} geometry */
function rounded(geometry) {
  const less = (/** @type {any} */ part) => (typeof part === "number" ? Number(part.toFixed(DIGITS)) : part.map(less));
  return { type: geometry.type, coordinates: less(geometry.coordinates) };
}

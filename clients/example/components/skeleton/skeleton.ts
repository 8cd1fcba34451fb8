/** Stands where content will come, in its shape. */
Component({
  properties: {
    /** cards · rows · detail · lines */
    kind: { type: String, value: 'rows' },
    count: { type: Number, value: 4 },
  },
});

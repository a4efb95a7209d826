// Checks Grafana dashboards by the types that Grafana publishes: node validate-dashboards.mjs DASHBOARD.json...
// The whole by @grafana/schema, each panel's options and fields by its plugin's, each query by Prometheus' data source's.
// Fields that they do not know are errors. NODE_MODULES says where the packages are.
import { readFileSync } from 'node:fs';
import { errorsOf } from '../type-check.mjs';

const program = [`
import type { Dashboard, Panel, FieldConfigSource } from '@grafana/schema';
import type { Options as TimeseriesOptions, FieldConfig as TimeseriesFields } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

// As JSON has it: members of an enum of strings are their values, and Grafana fills in what is left out.
type Json<T> = T extends string ? \`\${T}\` : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]?: Json<T[K]> } : T;
type Source = { type: 'prometheus'; uid: string };
type Query = Omit<Json<Dataquery>, '_implementsDataqueryVariant' | 'datasource' | 'refId' | 'expr'> & { refId: string; expr: string; datasource: Source };
type Place = { x: number; y: number; w: number; h: number };
type Of<Kind extends string, Options, Fields> = Omit<Json<Panel>, 'type' | 'id' | 'title' | 'datasource' | 'gridPos' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Kind; id: number; title: string; datasource: Source; gridPos: Place; options: Json<Options>; targets: Query[];
  fieldConfig: { defaults: Omit<Json<FieldConfigSource['defaults']>, 'custom'> & { custom?: Json<Fields> }; overrides: Json<FieldConfigSource['overrides']> };
};
type Known = Of<'timeseries', TimeseriesOptions, TimeseriesFields> | Of<'stat', StatOptions, {}>;
type Whole = Omit<Json<Dashboard>, 'panels' | 'uid' | 'title' | 'schemaVersion'> & { uid: string; title: string; schemaVersion: number; panels: Known[] };`];
for (const [i, file] of process.argv.slice(2).entries()) {
  program.push(`export const d${i}: Whole = ${readFileSync(file, 'utf8')};`);
}

const errors = errorsOf(program.join('\n'));
console.log(errors.length ? errors.join('\n') : `${process.argv.length - 2} dashboards are valid`);
process.exit(errors.length ? 1 : 0);

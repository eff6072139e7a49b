import { safe } from "./safe-text.ts";

/** A table that scrolls sideways on a narrow screen. `label` names it to screen readers; `corner` heads the rows' names. */
export function DataTable<Column extends string>({
  label,
  corner,
  columns,
  rows,
}: {
  label: string;
  corner: string;
  columns: readonly Column[];
  rows: readonly { name: string; cells: Readonly<Record<Column, string>> }[];
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column.replace("_percent", " %").replace("_ms", " ms")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{safe(name)}</th>
              {columns.map((column) => (
                <td key={column} data-name={column}>
                  {cells[column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The cells of a row, each as a column's text. */
export function cellsOf<Column extends string>(
  columns: readonly Column[],
  textOf: (column: Column) => string,
): Record<Column, string> {
  return Object.fromEntries(columns.map((column) => [column, textOf(column)])) as Record<
    Column,
    string
  >;
}

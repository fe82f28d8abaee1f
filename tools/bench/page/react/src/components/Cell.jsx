import { texts } from '../../../shared/texts.js';
import { CopyButton } from './CopyButton.jsx';

export function Cell({ label, field, value, canCopy = false }) {
  return (
    <div className={canCopy ? 'cell id' : 'cell'}>
      <dt>{label}</dt>
      <dd data-field={field} className={value ? undefined : 'hint'}>
        {value ?? texts.unionid_unknown}
      </dd>
      {canCopy && value && (
        <dd>
          <CopyButton className="copy" label={texts.copy} what={label} text={value} />
        </dd>
      )}
    </div>
  );
}

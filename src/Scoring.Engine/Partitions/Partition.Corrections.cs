using Scoring.Engine.Journal;

namespace Scoring.Engine.Partitions;

/// <content>The command that voids events which were recorded wrongly.</content>
internal sealed partial class Partition
{
    /// <summary>Voids events of a customer; nothing was accepted when it is not what it was, or there is no room for what is to be recorded instead.</summary>
    private CommandOutcome CorrectEvents(long entry, WorkspaceShare share, in Command command)
    {
        var correction = CorrectionCommand.Read(command.Payload);
        // Rows may be ahead of a replay, so what was decided is noted as what is refused for a limit.
        var refusal =
            Decided?.Cover(entry) == true
                ? share.CorrectAgain(entry, correction, command.ReceivedAt, Decided.WasRefused(entry, _items))
                : share.Correct(correction, command.ReceivedAt);
        if (refusal is not null)
        {
            Refused?.Add(entry, _items);
        }
        _items++;
        return refusal is null ? new(correction.Corrections.Count, 0, []) : new(0, 0, [refusal]);
    }
}

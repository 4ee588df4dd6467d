using System.Runtime.InteropServices;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The models that a population was read by lately, and their columns, which are brought up to date row by row.</summary>
internal sealed class KeptColumns(FactsSchema schema, FactsTable facts, AttributeTable attributes)
{
    private const int MostModels = 16;

    // Of these, versions that a newer one is kept beside: whoever reads by old ones takes nothing from the readers of the present.
    private const int MostFormer = 4;

    // A population of few is made again in no time.
    private const int FewRows = 1_000;

    private readonly List<ModelColumns> _models = [];

    // Rows that changed since the columns were brought up to date, each once: they are marked.
    private readonly List<int> _unsettled = [];

    // Whether any model has columns: they cost every event something, so none are kept before they are tallied by.
    private bool _areAnyBuilt;

    /// <summary>Whether <see cref="Of"/> a model changes nothing.</summary>
    public bool Knows(ScoringModel model) => Find(model) is not null;

    /// <summary>Whether <see cref="SettledOf"/> a model changes nothing.</summary>
    /// <param name="model">The model.</param>
    /// <param name="newest">The newest event of the population.</param>
    public bool IsSettled(ScoringModel model, Instant newest) =>
        _unsettled.Count == 0 && Find(model) is { IsBuilt: true, IsStale: false } columns && columns.IsAt(newest);

    /// <summary>What is known of a model, which may have no columns yet; the least recently used ones make room, former versions before others.</summary>
    public ModelColumns Of(ScoringModel model)
    {
        var columns = Find(model);
        if (columns is null)
        {
            _models.RemoveAll(m => m.Model.Model.Name == model.Name && m.Model.Model.Version == model.Version);
            columns = new ModelColumns(new CompiledModel(model, schema), schema, attributes);
            MakeRoomFor(columns);
            _models.Add(columns);
        }
        columns.LastUse = Environment.TickCount64;
        columns.RowsSinceUse = 0;
        return columns;
    }

    /// <summary>The columns of a model, up to date.</summary>
    public ModelColumns SettledOf(ScoringModel model, Instant newest)
    {
        var columns = Of(model);
        if (!columns.IsBuilt)
        {
            columns.Rebuild(facts, newest);
            _areAnyBuilt = true;
        }
        if (!IsSettled(model, newest))
        {
            Settle(int.MaxValue, newest);
            columns.RefreshStale(facts);
        }
        return columns;
    }

    /// <summary>Brings the columns up to date for so many rows; tells whether others are left.</summary>
    public bool Settle(int rows, Instant newest)
    {
        foreach (var columns in _models)
        {
            if (columns.IsBuilt && !columns.IsAt(newest))
            {
                columns.Rebuild(facts, newest);
            }
        }
        var left = Math.Max(0, _unsettled.Count - rows);
        foreach (var row in CollectionsMarshal.AsSpan(_unsettled)[left..])
        {
            foreach (var columns in _models)
            {
                if (columns.IsBuilt)
                {
                    columns.Refresh(row, facts[row]);
                }
            }
            facts.Unmark(row);
        }
        DropUnread(_unsettled.Count - left);
        CollectionsMarshal.SetCount(_unsettled, left);
        return left > 0;
    }

    /// <summary>Sees to it that the columns are brought up to date for a row.</summary>
    public void NoteChange(int row)
    {
        if (_areAnyBuilt && facts.Mark(row))
        {
            _unsettled.Add(row);
        }
    }

    /// <summary>The same when only attributes of a row have changed, which few models look at.</summary>
    public void NoteAttributes(int row)
    {
        if (_models.Exists(m => m.IsBuilt && m.Model.NamesAny(NameKind.CustomerAttribute)))
        {
            NoteChange(row);
        }
    }

    /// <summary>Takes in that an event type was given a number, which nobody has had yet.</summary>
    public void NoteType(string name)
    {
        foreach (var columns in _models.Where(m => m.Model.Names(new(NameKind.EventType, name))))
        {
            columns.Recompile();
        }
    }

    /// <summary>Forgets the models that use any of some names.</summary>
    public void Forget(IReadOnlyCollection<KnownName> names) =>
        _models.RemoveAll(m => names.Any(name => m.Model.Names(name)));

    /// <summary>Asks for the columns of a row.</summary>
    public void Prefetch(int row)
    {
        if (_areAnyBuilt)
        {
            foreach (var columns in _models)
            {
                columns.Prefetch(row);
            }
        }
    }

    private void MakeRoomFor(ModelColumns columns)
    {
        List<ModelColumns> former = [.. _models.Where(m => IsFormer(m) || Replaces(columns, m))];
        var most = _models.Exists(m => Replaces(m, columns)) ? MostFormer - 1 : MostFormer;
        if (former.Count > most || (_models.Count == MostModels && former.Count > 0))
        {
            _models.Remove(former.MinBy(m => m.LastUse)!);
        }
        else if (_models.Count == MostModels)
        {
            _models.Remove(_models.MinBy(m => m.LastUse)!);
        }
    }

    /// <summary>Drops the columns of former versions that cost more by now than to make them again: as many rows were brought up to date as there are, and nobody read them.</summary>
    private void DropUnread(int settled)
    {
        for (var i = _models.Count - 1; i >= 0; i--)
        {
            var columns = _models[i];
            columns.RowsSinceUse += columns.IsBuilt ? settled : 0;
            if (columns.RowsSinceUse > Math.Max(FewRows, facts.Count) && IsFormer(columns))
            {
                _models.RemoveAt(i);
            }
        }
    }

    private bool IsFormer(ModelColumns columns) => _models.Exists(other => Replaces(other, columns));

    private static bool Replaces(ModelColumns newer, ModelColumns columns) =>
        newer.Model.Model.Name == columns.Model.Model.Name && newer.Model.Model.Version > columns.Model.Model.Version;

    private ModelColumns? Find(ScoringModel model) =>
        _models.Find(columns => ReferenceEquals(columns.Model.Model, model));
}

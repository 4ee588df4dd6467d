using Scoring.Core;
using Scoring.Core.Models;

namespace Scoring.Cluster.Models;

/// <summary>What became of a model that was put.</summary>
/// <param name="Version">Its version; 0 when it was refused.</param>
/// <param name="Models">The models with it.</param>
/// <param name="Error">Why it was refused.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="Field">The field at fault.</param>
[GenerateSerializer, Alias("scoring.put-model-answer"), Immutable]
internal sealed record PutModelAnswer(
    [property: Id(0)] int Version,
    [property: Id(1)] ModelSet? Models,
    [property: Id(2)] ScoringError Error = default,
    [property: Id(3)] string Message = "",
    [property: Id(4)] string Field = ""
)
{
    /// <summary>The model as it is stored.</summary>
    /// <exception cref="ScoringException">It was refused.</exception>
    public ScoringModel Get(string name) =>
        Version > 0
            ? ModelJson.Read(Models!.Content!).First(model => model.Name == name)
            : throw new ScoringException(Error, Message) { Field = Field, Subject = name };
}

using Scoring.Core.Recording;

namespace Scoring.Server.Errors;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Field">The field in the words of the contract, for example "event.customer_id".</param>
/// <param name="Message">What it must be, to be read after the field's name.</param>
internal sealed record FieldFault(RejectionReason Reason, string Field, string Message)
{
    /// <summary>A value that lies outside its range, or a text that cannot be read.</summary>
    public static FieldFault Invalid(string field, string message) => new(RejectionReason.FieldInvalid, field, message);

    /// <summary>The fault for people.</summary>
    public string Sentence => Field.Length == 0 ? Message : $"{Field} {Message}";

    /// <summary>The same fault of a field inside another.</summary>
    public FieldFault Within(string outer) => this with { Field = Field.Length == 0 ? outer : $"{outer}.{Field}" };

    /// <summary>The fault as the answer for one element of a batch.</summary>
    public Rejection At(int index) => new(index, Reason, Field, Sentence);
}

using Scoring.Server.Errors;

namespace Scoring.Server.Listing;

/// <summary>Reads <c>order_by</c>, as <see href="https://google.aip.dev/132#ordering">AIP-132</see> has it, of one field.</summary>
/// <param name="fields">The fields; the first is what an empty order means.</param>
internal sealed class OrderBy<T>(params IReadOnlyList<(string Name, T Order)> fields)
{
    private const string Falling = "desc";

    /// <summary>The order, and whether the highest come first.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: there is no such order.</exception>
    public (T Order, bool Falling) Read(string orderBy)
    {
        var words = orderBy.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = words.FirstOrDefault(fields[0].Name);
        return
            words.Length <= 2
            && (words.Length < 2 || words[1] is Falling or "asc")
            && fields.FirstOrDefault(field => field.Name == name) is { Name: not null } found
            ? (found.Order, words is [_, Falling])
            : throw CallErrors.From(
                FieldFault.Invalid(
                    "order_by",
                    $"must be one of {string.Join(", ", fields.Select(field => field.Name))}, with \" desc\" behind it where the highest are to come first"
                )
            );
    }
}
